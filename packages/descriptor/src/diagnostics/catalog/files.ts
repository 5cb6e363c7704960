import { CONTENT_NAMES, type ContentType } from '../content.ts';
import { agreed, counted, type Entries, noted, quoted } from '../entry.ts';

/** What a partition holds, or a disk without partitions. */
interface Held {
  /** Number of the partition; absent where the disk has none. */
  readonly partition?: number;
  /** Absent for a file system with a damaged superblock. */
  readonly type?: ContentType;
  readonly label?: string;
}

/** What findings about opening the files of a disk are about. */
export interface FilesData {
  FILE_SYSTEMS_SEVERAL: { readonly candidates: readonly Held[] };
  FILE_SYSTEM_MISSING: {
    /** The partition that was asked for; absent for all of the disk. */
    readonly partition?: number;
    readonly holds: readonly Held[];
  };
  PARTITION_UNKNOWN: { readonly partition: number; readonly partitions: readonly number[] };
  CONTENT_LOST: {
    readonly path: string;
    /** Bytes that are zeros in an archive; absent if the file is left out. */ readonly zeros?: number;
  };
  NAMES_COLLIDE: { readonly path: string; readonly other: string };
  FILES_LEFT_OUT: {
    readonly left: readonly { readonly kind: string; readonly count: number }[];
  };
}

/** The codes of findings about opening the files of a disk. */
export const filesCodes: Entries<FilesData> = {
  FILE_SYSTEMS_SEVERAL: noted(
    'error',
    ({ candidates }) => `the disk has several file systems: ${listed(candidates)}`,
    'Choose one: `--partition N` of ploop-inspect, `partition: N` of `openFiles`.',
  ),
  FILE_SYSTEM_MISSING: noted(
    'error',
    ({ partition, holds }) => {
      const where = partition === undefined ? 'the disk' : `partition ${String(partition)}`;
      const found = holds.length === 0 ? 'nothing that is recognised' : listed(holds);
      return `${where} has no file system that can be read; found: ${found}`;
    },
    'Export the snapshot, and open what it holds with the tools for that: `lvm` for LVM2, `cryptsetup` for LUKS, a mount for other file systems.',
  ),
  PARTITION_UNKNOWN: noted(
    'error',
    ({ partition, partitions }) => {
      const there =
        partitions.length === 0
          ? 'the disk has no partitions'
          : `the disk has the partitions ${partitions.join(', ')}`;
      return `partition ${String(partition)} does not exist: ${there}`;
    },
    ({ partitions }) =>
      partitions.length === 0
        ? 'Leave the number out.'
        : 'List the partitions with `ploop-inspect partitions PATH`.',
  ),
  CONTENT_LOST: noted(
    'error',
    ({ path, zeros }) =>
      zeros === undefined
        ? `${quoted(path)} cannot be read and is left out`
        : `${quoted(path)} cannot be read to its end; the last ${counted(zeros, 'stored byte')} ${agreed(zeros, 'is zero', 'are zeros')}`,
    'Take the file from another snapshot or a backup. The findings beside it say what is damaged.',
  ),
  NAMES_COLLIDE: noted(
    'error',
    ({ path, other }) =>
      `${quoted(path)} and ${quoted(other)} have the same name at the destination`,
    'Nothing was copied. Copy one of them, or copy to a file system that distinguishes the names, or write an archive with `ploop-inspect tar`.',
  ),
  FILES_LEFT_OUT: noted(
    'warning',
    ({ left }) =>
      `not copied: ${left.map(({ kind, count }) => `${kind} (${String(count)})`).join(', ')}`,
    'As root, `ploop-inspect tar PATH --output - | tar --xattrs --xattrs-include="*" --acls -xpf - -C DIR` carries all of it.',
  ),
};

function listed(held: readonly Held[]): string {
  return held
    .map(({ partition, type, label }) => {
      const where = partition === undefined ? '' : `partition ${String(partition)}: `;
      const name = type === undefined ? 'a damaged superblock' : CONTENT_NAMES[type];
      return `${where}${name}${label === undefined ? '' : ` ${quoted(label)}`}`;
    })
    .join(', ');
}
