import { counted, type Entries, noted, type Nothing, quoted } from '../entry.ts';

interface InInode {
  readonly inode: number;
  readonly reason: string;
  /** In bytes from the beginning of the file system; `undefined` if it is in the inode itself. */
  readonly position: number | undefined;
}

/** What findings about the files of a file system are about. Positions count from the beginning of the file system. */
export interface ContentsData {
  FILE_SYSTEM_UNKNOWN: { readonly size: number };
  FEATURES_UNKNOWN: { readonly family: 'ext' | 'xfs'; readonly features: readonly string[] };
  METADATA_CHECKSUM: {
    readonly structure: string;
    readonly position: number;
    readonly inode?: number;
  };
  METADATA_UNREADABLE: {
    readonly structure: string;
    readonly position: number;
    /** What is wrong with it; `undefined` if the disk ends before it. */
    readonly reason?: string;
  };
  INODE_DAMAGED: {
    readonly inode: number;
    readonly field: string;
    readonly position: number | undefined;
  };
  BLOCK_MAP_DAMAGED: InInode;
  DIRECTORY_DAMAGED: InInode;
  DIRECTORY_LOOP: { readonly inode: number; readonly path: string };
  DIRECTORY_TOO_DEEP: { readonly inode: number; readonly levels: number };
  XATTRS_DAMAGED: { readonly inode: number; readonly reason: string };
  ENTRY_ENCRYPTED: { readonly inode: number; readonly type: string };
  JOURNAL_EXTERNAL: Nothing;
  JOURNAL_DAMAGED: { readonly reason: string; readonly position: number | undefined };
  JOURNAL_SKIPPED: Nothing;
  JOURNAL_FAST_COMMITS: Nothing;
  LOG_NOT_REPLAYED: { readonly state: keyof typeof LOG_STATES };
  FILE_REALTIME: { readonly inode: number };
  PATH_MISSING: { readonly path: string };
  PATH_WRONG_TYPE: { readonly path: string; readonly type: string; readonly needed: string };
  SYMLINK_LOOP: { readonly path: string; readonly most: number };
}

const CHECK_COPY =
  'Other files are not affected. Export the disk, and run `e2fsck -fn` (ext) or `xfs_repair -n` (XFS) on the export to see all that is wrong; take the file from a backup or another snapshot.';

/** What is known of an XFS log that is not replayed. */
const LOG_STATES = {
  dirty: 'the log of the XFS file system has changes that were not replayed',
  external: 'the log of the XFS file system is on another device, and was not replayed',
  unreadable: 'the log of the XFS file system has no sound end, and was not replayed',
} as const;

/** The codes of findings about the files of a file system. */
export const contentsCodes: Entries<ContentsData> = {
  FILE_SYSTEM_UNKNOWN: noted(
    'error',
    ({ size }) => `no file system that can be read begins here (${counted(size, 'byte')})`,
    'ext2, ext3, ext4 and XFS are read. `identify` names what else is on the disk; pass the start and length of a partition that holds one of them.',
  ),
  FEATURES_UNKNOWN: noted(
    'error',
    ({ family, features }) =>
      `the ${family} file system uses features that are not supported: ${features.join(', ')}`,
    'Export the disk, and mount the export read-only with a kernel that supports them.',
  ),
  METADATA_CHECKSUM: noted(
    'warning',
    ({ structure, position, inode }) =>
      `the ${structure} at byte ${String(position)}${inode === undefined ? '' : ` of inode ${String(inode)}`} has a wrong checksum`,
    'It is read as it is: compare what it leads to with a backup. Export the disk, and run `e2fsck -fn` (ext) or `xfs_repair -n` (XFS) on the export to see all that is wrong.',
  ),
  METADATA_UNREADABLE: noted(
    'error',
    ({ structure, position, reason = 'the disk ends before it' }) =>
      `cannot read the ${structure} at byte ${String(position)}: ${reason}`,
    'The disk was cut off, or its copy is not complete: compare its size with where it came from.',
  ),
  INODE_DAMAGED: noted(
    'error',
    ({ inode, field, position }) =>
      `inode ${String(inode)}${placeOf(position)} has a wrong ${field}`,
    CHECK_COPY,
  ),
  BLOCK_MAP_DAMAGED: noted(
    'error',
    ({ inode, reason, position }) =>
      `the list of blocks of inode ${String(inode)}${placeOf(position)} is damaged: wrong ${reason}`,
    CHECK_COPY,
  ),
  DIRECTORY_DAMAGED: noted(
    'error',
    ({ inode, reason, position }) =>
      `the directory with inode ${String(inode)}${placeOf(position)} is damaged: ${reason}`,
    'Entries after the damage are not listed. Export the disk, and run e2fsck (ext) or xfs_repair (XFS) on a copy of the export: both put files that no directory names into lost+found.',
  ),
  DIRECTORY_LOOP: noted(
    'error',
    ({ inode, path }) =>
      `${quoted(path)} is a directory that was listed under another name (inode ${String(inode)})`,
    'It is listed once. Export the disk, and run `e2fsck -fy` (ext) or `xfs_repair` (XFS) on a copy of the export.',
  ),
  DIRECTORY_TOO_DEEP: noted(
    'error',
    ({ inode, levels }) =>
      `directories are nested more than ${String(levels)} deep; inode ${String(inode)} is not entered`,
    'Walk from a directory further down.',
  ),
  XATTRS_DAMAGED: noted(
    'error',
    ({ inode, reason }) =>
      `extended attributes of inode ${String(inode)} are damaged: wrong ${reason}`,
    CHECK_COPY,
  ),
  ENTRY_ENCRYPTED: noted(
    'error',
    ({ inode, type }) =>
      `the ${type} with inode ${String(inode)} is encrypted by the guest (fscrypt)`,
    'Read it in the guest, or mount an export and add the key there.',
  ),
  JOURNAL_EXTERNAL: noted(
    'error',
    () => 'the journal of the file system is on another device, and has to be replayed',
    'Mount copies of both disks. Or pass `replay: false` to read what is on this disk: directories and files that changed last can be wrong.',
  ),
  JOURNAL_DAMAGED: noted(
    'error',
    ({ reason, position }) => `the journal${placeOf(position)} is damaged: wrong ${reason}`,
    'Changes from there on are not replayed: directories and files that changed last can be wrong. Compare with an older or a newer snapshot.',
  ),
  JOURNAL_SKIPPED: noted(
    'warning',
    () => 'the journal has changes that were not replayed',
    'Directories and files that changed last can be wrong. Leave `replay` out to have the journal replayed in memory.',
  ),
  JOURNAL_FAST_COMMITS: noted(
    'error',
    () => 'the journal ends with fast commits of an unknown kind, which are not replayed',
    'Files that were synced in the last seconds can be missing or old. Export the disk, and mount the export: the kernel replays them.',
  ),
  LOG_NOT_REPLAYED: noted(
    'warning',
    ({ state }) => LOG_STATES[state],
    'Directories and files that changed last can be wrong or missing. Compare with another snapshot, or export the disk and mount a copy of the export: the kernel replays the log.',
  ),
  FILE_REALTIME: noted(
    'error',
    ({ inode }) =>
      `the content of inode ${String(inode)} is on the realtime device, which is not on this disk`,
    'Mount copies of both devices: `mount -t xfs -o ro,rtdev=REALTIME DATA DIR`.',
  ),
  PATH_MISSING: noted(
    'error',
    ({ path }) => `${quoted(path)} does not exist in the file system`,
    'List the directory above it. Names are compared byte by byte, in directories that ignore case as well.',
  ),
  PATH_WRONG_TYPE: noted(
    'error',
    ({ path, type, needed }) => `${quoted(path)} leads to a ${type}, not to a ${needed}`,
    'Pass another path.',
  ),
  SYMLINK_LOOP: noted(
    'error',
    ({ path, most }) => `${quoted(path)} leads through more than ${counted(most, 'symlink')}`,
    'Read the symlinks on the way one by one: they lead in a circle.',
  ),
};

function placeOf(position: number | undefined): string {
  return position === undefined ? '' : `, at byte ${String(position)},`;
}
