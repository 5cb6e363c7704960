import { SECTOR_SIZE } from '../../units.ts';
import { agreed, counted, type Entries, noted, quoted } from '../entry.ts';

interface WholeBelow {
  /** The nearest snapshot below the image in which nothing is wrong, where that was looked for. */
  readonly whole?: string;
}

interface NoImage extends WholeBelow {
  /** The file is exactly as long as a bare disk would be. */
  readonly bareLength?: true;
}

function wholeText({ whole }: WholeBelow): string {
  return whole === undefined ? '' : `; ${whole} below it is whole`;
}

/** How to read the state below a file that is not an image. */
function readWhole({ whole }: WholeBelow): string {
  return whole === undefined
    ? ''
    : ` ploop-inspect export --snapshot '${whole}' --output disk.raw DISK reads the state below it.`;
}

function noImageText(data: NoImage): string {
  const length = data.bareLength === true ? '; it is exactly as long as a bare disk' : '';
  return `${length}${wholeText(data)}`;
}

const AFTER_ZEROS = {
  data: 'the header of the image is lost, what follows is still there',
  end: 'there is nothing else in it',
  unknown: 'the header of the image is lost',
};

/** Fields of the header of a qcow2 image. */
type Qcow2Field =
  | 'header length'
  | 'refcount width'
  | 'compression type'
  | 'L1 table size'
  | 'L1 table offset'
  | 'refcount table size'
  | 'refcount table offset'
  | 'number of snapshots'
  | 'snapshot table offset'
  | 'backing file name';

/** Tables of a qcow2 image. */
type Qcow2Table =
  | 'header extensions'
  | 'L1 table'
  | 'L2 table'
  | 'L2 entry'
  | 'refcount block'
  | 'snapshot table'
  | 'bitmap directory'
  | 'bitmap table';

/** What findings about an image are about. */
export interface ImageData {
  HEADER_TOO_SHORT: {
    readonly file: string;
    readonly bytes: number;
    /** Whether images lie above it: it is not the newest state. */
    readonly hasChildren?: true;
  } & WholeBelow;
  HEADER_ZEROED: {
    readonly file: string;
    readonly bytes: number;
    readonly then: 'data' | 'end' | 'unknown';
  } & NoImage;
  HEADER_SIZE_INEXACT: { readonly file: string; readonly sectors: string };
  HEADER_INVALID: {
    readonly file: string;
    readonly field:
      'signature' | 'type' | 'cluster size' | 'size' | 'first block offset' | Qcow2Field;
    readonly value: string;
    /** Absent: ploop. */
    readonly format?: 'qcow2';
  } & NoImage;
  IMAGE_UNSUPPORTED: {
    readonly file: string;
    readonly format: 'qcow2';
    /** What the image needs. Absent: no image of the format is accepted there. */
    readonly feature?: string;
  };
  IMAGE_CORRUPT: { readonly file: string };
  TABLE_DAMAGED: {
    readonly file: string;
    readonly table: Qcow2Table;
    /** The first cluster that it is about: of the disk, or of the file for a refcount block. */
    readonly cluster?: number;
    readonly reason: string;
  };
  REFCOUNT_WRONG: {
    readonly file: string;
    /** How many clusters, or entries of tables. */
    readonly clusters: number;
    /** `low`: more refers to them than is counted. `flag`: entries contradict the counts. */
    readonly kind: 'low' | 'flag';
    /** Byte of the file of the first such cluster. */
    readonly offset?: number;
  };
  IMAGE_IN_USE: { readonly file: string };
  IMAGE_CHANGED: { readonly file: string };
  IMAGE_TRUNCATED: {
    readonly file: string;
    readonly bytes: number;
    readonly disk: number;
    readonly lost: number;
  };
  EXTENSION_UNKNOWN: { readonly file: string; readonly offset: number; readonly magic: string };
  EXTENSION_INVALID: { readonly file: string; readonly offset: number; readonly reason: string };
  CLUSTER_BEFORE_DATA: {
    readonly file: string;
    readonly cluster: number;
    readonly offset: number;
    readonly dataStart: number;
  };
  CLUSTER_BEYOND_END: {
    readonly file: string;
    readonly cluster: number;
    readonly offset: number;
    readonly bytes: number;
  };
  CLUSTER_MISALIGNED: { readonly file: string; readonly cluster: number; readonly offset: number };
  CLUSTER_SHARED: {
    readonly file: string;
    readonly cluster: number;
    readonly other: number;
    readonly offset: number;
  };
  CLUSTERS_UNUSED: { readonly file: string; readonly clusters: number; readonly bytes: number };
  FILE_END_ODD: { readonly file: string; readonly bytes: number; readonly cluster: number };
  HEADER_INEXACT: {
    readonly file: string;
    readonly field: 'clusters' | 'size' | 'first block offset' | 'flags';
    readonly value: string;
    readonly expected: string;
  };
  IMAGE_FOREIGN: {
    readonly file: string;
    readonly field: 'cluster size' | 'first block offset';
    readonly sectors: number;
  };
  BAT_LONGER: { readonly file: string; readonly entries: number; readonly clusters: number };
  SIZE_DAMAGED: { readonly file: string; readonly sectors: number; readonly stated: number };
  SIZE_NOT_WHOLE: { readonly file: string; readonly sectors: number; readonly whole: number };
  IMAGE_MARK: { readonly file: string; readonly mark: string };
  IMAGE_CONVERTING: { readonly file: string };
  EMPTY_FLAG_WRONG: { readonly file: string; readonly allocated: number };
  BAT_STALE: { readonly file: string; readonly entries: number };
  BAT_LOST: { readonly file: string; readonly clusters: number; readonly bytes: number };
  MERGE_INTERRUPTED: {
    readonly file: string;
    /** The image above, which the clusters are copies of. */
    readonly from: string;
    readonly clusters: number;
  };
  BAT_PARTLY_LOST: { readonly file: string; readonly clusters: number; readonly bytes: number };
  FILE_SPARSE: { readonly file: string; readonly bytes: number; readonly allocated: number };
  TABLE_SPARSE: { readonly file: string; readonly table: number; readonly stored: number };
  IMAGE_IMPOSSIBLE: {
    readonly version: 1 | 2;
    readonly size: number;
    readonly blockSize: number;
    readonly reason: string;
  };
}

/** The codes of findings about an image. */
export const imageCodes: Entries<ImageData> = {
  HEADER_TOO_SHORT: noted(
    'error',
    (data) => {
      const why =
        data.bytes === 0
          ? 'is empty: nothing was written to it, or its content is lost'
          : `has ${counted(data.bytes, 'byte')}, fewer than the header of an image`;
      return `${quoted(data.file)} ${why}${wholeText(data)}`;
    },
    (data) => {
      const { bytes, whole, hasChildren } = data;
      const failed =
        bytes === 0 && whole !== undefined && hasChildren !== true
          ? 'If taking a snapshot failed here, as on a full file system, an empty delta never held data: the snapshot below it is the newest state. '
          : '';
      return `${failed}If the file is a copy, copy it again. Otherwise its content is lost: keep the file, and look for a backup of the same state as the other images.${readWhole(data)}`;
    },
  ),
  HEADER_ZEROED: noted(
    'error',
    (data) =>
      `${quoted(data.file)} begins with ${counted(data.bytes, 'zero byte')}: ${AFTER_ZEROS[data.then]}${noImageText(data)}`,
    (data) =>
      `Copy the file before anything else. ${
        data.bareLength === true
          ? 'It may be a bare disk that begins with zeros: in a copy of the descriptor beside it write Plain as its type, and look at the copy with ploop-inspect check --deep. '
          : 'The first part of the block table is lost with the header. '
      }Look for a backup of the same state as the other images, and keep the file until the disk has been read.${readWhole(data)}`,
  ),
  HEADER_SIZE_INEXACT: noted(
    'error',
    ({ file, sectors }) =>
      `${quoted(file)} states ${counted(sectors, 'sector')}, more than any disk has`,
    'The header is damaged: replace the image by a backup of the same state as the others.',
  ),
  HEADER_INVALID: noted(
    'error',
    (data) => {
      const { file, field, value, format = 'ploop' } = data;
      const isKnown = field === 'signature' && value !== 'unknown';
      const why = isKnown ? `it looks like ${value}` : `its ${field} is ${value}`;
      return `${quoted(file)} is not a ${format} image: ${why}${noImageText(data)}`;
    },
    (data) =>
      data.format === 'qcow2'
        ? 'Copy the file before anything else. Compare the copy with where it came from, or take it from a backup.'
        : `Copy the file before anything else, and find out what it is. A base that is a bare disk has no header, and the type Plain. Unpack a packed copy and convert an image of another format beside the file, not over it. A damaged delta can only be replaced by a backup of the same state as the others.${readWhole(data)}`,
  ),
  IMAGE_UNSUPPORTED: noted(
    'error',
    ({ file, format, feature }) =>
      feature === undefined
        ? `${quoted(file)} is a ${format} image, which no descriptor can name`
        : `${quoted(file)} is a ${format} image that needs ${feature}, which is not supported`,
    ({ feature }) =>
      feature === undefined
        ? 'Give the path of the image itself, or read it with qemu-img; its snapshots are inside the file.'
        : 'Read it with qemu-img.',
  ),
  IMAGE_CORRUPT: noted(
    'warning',
    ({ file }) => `${quoted(file)} is marked as corrupt by the software that wrote to it`,
    'Copy the file, and run `qemu-img check` on the copy. Compare what is read with a backup.',
  ),
  TABLE_DAMAGED: noted(
    'error',
    ({ file, table, cluster, reason }) => {
      const which = cluster === undefined ? '' : ` of cluster ${String(cluster)}`;
      return `${quoted(file)}: the ${table}${which} is damaged: ${reason}`;
    },
    'Copy the file before anything else. What the table led to is not known: take it from a backup.',
  ),
  REFCOUNT_WRONG: noted(
    'error',
    ({ file, clusters, kind, offset }) =>
      kind === 'low'
        ? `${quoted(file)}: more refers to ${counted(clusters, 'cluster')} than is counted, first at byte ${String(offset ?? 0)}`
        : `${quoted(file)}: entries of its tables contradict the reference counts: ${String(clusters)}`,
    'Reading is safe, writing is not: it may overwrite other data. Copy the file, then run `qemu-img check -r all` on the copy.',
  ),
  IMAGE_IN_USE: noted(
    'warning',
    ({ file }) => `${quoted(file)} is marked as in use: what is read of it is a hint`,
    'If a device runs on it, take a snapshot and read that. If none does, the disk was not closed cleanly, or a merge into the image was interrupted: copy the file and run `ploop-inspect check --deep`; if that reports nothing worse, close the image with `ploop check -d FILE`. If a merge was interrupted, do it again after that.',
  ),
  IMAGE_CHANGED: noted(
    'error',
    ({ file }) => `${quoted(file)} was written to while it was read`,
    'What was read is of no use: do it again while nothing writes to the file, or read a snapshot that is not the top.',
  ),
  IMAGE_TRUNCATED: noted(
    'error',
    ({ file, bytes, disk, lost }) =>
      `${quoted(file)} has ${String(bytes)} of the ${counted(disk, 'byte')} of the disk: the last ${String(lost)} ${agreed(lost, 'is', 'are')} missing`,
    'The file was cut off, or its copy is not complete: compare it with where it came from and copy it again. Whatever is read of it lacks the end of the disk.',
  ),
  EXTENSION_UNKNOWN: noted(
    'warning',
    ({ file, offset, magic }) =>
      `the format extension of ${quoted(file)} at byte ${String(offset)} has an element ${magic} that must be known to open the image, and is not`,
    'What is read may not be what the software that wrote it would read. Look at the image with that software.',
  ),
  EXTENSION_INVALID: noted(
    'warning',
    ({ file, offset, reason }) =>
      `the format extension of ${quoted(file)} at byte ${String(offset)} cannot be used: ${reason}`,
    'The data of the disk are not concerned. Take the next backup as a full one: what has changed since the last is not known.',
  ),
  CLUSTER_BEFORE_DATA: noted(
    'error',
    ({ file, cluster, offset, dataStart }) =>
      `${quoted(file)}: cluster ${String(cluster)} is at byte ${String(offset)}, and data begin at ${String(dataStart)}`,
    'Copy the file before anything else. What the cluster held is not known: take it from a backup.',
  ),
  CLUSTER_BEYOND_END: noted(
    'error',
    ({ file, cluster, offset, bytes }) =>
      `${quoted(file)}: cluster ${String(cluster)} is at byte ${String(offset)}, and the file has ${String(bytes)}`,
    'The file was cut off, or its copy is not complete: compare it with where it came from. Do not let the tool repair it before.',
  ),
  CLUSTER_MISALIGNED: noted(
    'error',
    ({ file, cluster, offset }) =>
      `${quoted(file)}: cluster ${String(cluster)} is at byte ${String(offset)}, between two clusters of the file`,
    'Copy the file before anything else. What the cluster held is not known: take it from a backup.',
  ),
  CLUSTER_SHARED: noted(
    'error',
    ({ file, cluster, other, offset }) =>
      `${quoted(file)}: clusters ${String(other)} and ${String(cluster)} are both at byte ${String(offset)}`,
    'Copy the file before anything else, and let nothing merge into it: that overwrites both. One of the two has the data of the other: take both from a backup.',
  ),
  CLUSTERS_UNUSED: noted(
    'info',
    ({ file, clusters, bytes }) =>
      `nothing refers to ${counted(clusters, 'cluster')} of ${quoted(file)}: ${counted(bytes, 'byte')}`,
    'Harmless if what is on the disk is complete: the space comes back when the disk is compacted or exported. If something is missing on it, the block table may have lost entries, as after a power cut: copy the file first, and do not compact, merge or repair the image, which gives the clusters up.',
  ),
  FILE_END_ODD: noted(
    'warning',
    ({ file, bytes, cluster }) =>
      cluster === SECTOR_SIZE
        ? `${quoted(file)} ends within a sector: ${counted(bytes, 'byte')}`
        : `${quoted(file)} ends within a cluster: ${counted(bytes, 'byte')}, in clusters of ${String(cluster)}`,
    ({ cluster }) =>
      cluster === SECTOR_SIZE
        ? 'Compare the file with where it came from. The tool leaves the last, incomplete sector out; this package reads it.'
        : 'Copy the file, compare it with where it came from, and run `ploop-inspect check --deep`. Only if that reports no CLUSTER_BEYOND_END may `ploop check -f` mend the size; otherwise data are missing, and it hides that.',
  ),
  HEADER_INEXACT: noted(
    'warning',
    ({ file, field, value, expected }) =>
      `${quoted(file)}: ${field} of the header is ${value}, and ${expected} follows from the rest`,
    'Compare the size of the image with Disk_size, with the other images and with a backup first: if it is damaged, let nothing merge or grow the disk. If it is right, leave the disk as it is if everything that uses it opens it. For a new image, export it with `ploop-inspect export DIR --output disk.raw` and convert that with `qemu-img convert -f raw -O parallels`.',
  ),
  IMAGE_FOREIGN: noted(
    'warning',
    ({ file, field, sectors }) =>
      `${quoted(file)} is a Parallels image that the ploop tool does not open: its ${field} is ${counted(sectors, 'sector')}`,
    'Nothing is damaged: this package and QEMU read it. For a disk that the tool opens, export this one with `ploop-inspect export` and convert the raw file with `qemu-img convert -f raw -O parallels`. Never convert an image above another one by itself: the larger clusters hide what is below.',
  ),
  BAT_LONGER: noted(
    'info',
    ({ file, entries, clusters }) =>
      `the block table of ${quoted(file)} has ${counted(entries, 'entry')} for ${counted(clusters, 'cluster')}`,
    'Nothing reads the entries after the end of the disk. There is nothing to do, unless `ploop-inspect check --deep` reports BAT_STALE or DISK_SIZE_DIFFERS as well: then the size may be damaged.',
  ),
  SIZE_DAMAGED: noted(
    'error',
    ({ file, sectors, stated }) =>
      `the header of ${quoted(file)} states ${counted(sectors, 'sector')}, and its block table is that of a disk of ${String(stated)} and leads to data beyond that size, which nothing reads`,
    ({ stated }) =>
      `The size in the header is damaged: the number of entries agrees with Disk_size. Let no command write to the disk: a merge, \`ploop check -f\`, and any \`ploop check\` of an image in use give up what is beyond the size. In a copy of the image, write ${String(stated)} as the size in sectors (at byte 36, little-endian: 4 bytes in version 1, 8 in version 2), and compare an export that reads the copy with what is expected.`,
  ),
  SIZE_NOT_WHOLE: noted(
    'warning',
    ({ file, sectors, whole }) =>
      `${quoted(file)} has ${counted(sectors, 'sector')}, which is not a whole number of clusters: the ploop tool makes ${String(whole)} of them`,
    'This package and QEMU read all of it. Do not snapshot or merge the disk with the ploop tool: it cuts the rest off, or makes a bare disk longer.',
  ),
  IMAGE_MARK: noted(
    'info',
    ({ file, mark }) => `${quoted(file)} is closed with the mark ${quoted(mark)}`,
    'Releases up to 7.0.20 take the image for one in use and repair it, which drops a format extension. Others read it.',
  ),
  IMAGE_CONVERTING: noted(
    'warning',
    ({ file }) => `a change of the format version of ${quoted(file)} was interrupted`,
    'Copy the image and the .idx file beside it, which has the start of the image from before the change, then `dd if=IMAGE.idx of=IMAGE conv=notrunc` and `ploop check -d IMAGE`.',
  ),
  EMPTY_FLAG_WRONG: noted(
    'info',
    ({ file, allocated }) =>
      `${quoted(file)} says it is ${allocated > 0 ? 'empty' : 'not empty'} and has ${counted(allocated, 'cluster')}`,
    'Nothing reads the flag but the check of 1.15, which corrects it.',
  ),
  BAT_STALE: noted(
    'warning',
    ({ file, entries }) =>
      `${quoted(file)} has ${counted(entries, 'entry')} beyond the end of the disk`,
    'Copy the image, then compare its size with Disk_size, with the other images and with a backup: if the header is damaged and states too little, `ploop check -f` cuts off live data. If the disk did shrink, zero the entry at its end and run `ploop check -f` before the disk grows, or old data come back.',
  ),
  BAT_LOST: noted(
    'error',
    ({ file, clusters, bytes }) =>
      `the block table of ${quoted(file)} is all zeros, and ${counted(clusters, 'cluster')} (${counted(bytes, 'byte')}) with data ${agreed(clusters, 'follows', 'follow')} it: the table was lost, or a merge into the empty image was interrupted; the disk reads as if nothing was written to the image`,
    'If the table was lost, the data are still in the file; after an interrupted merge into an empty image they are copies of what the image above has, and `ploop-inspect check --deep` of the disk reports MERGE_INTERRUPTED instead. Copy the file before anything else and keep the copy. Do not mount, snapshot, merge, compact or repair the disk: `ploop check -f` cuts off what no table leads to. Which cluster is where on the disk is not known: restore the image from a backup of the same state as the others.',
  ),
  MERGE_INTERRUPTED: noted(
    'warning',
    ({ file, from, clusters }) =>
      `a merge of ${quoted(from)} into ${quoted(file)}, which was empty, was interrupted: its block table is not written yet, and the first ${counted(clusters, 'cluster')} after it ${agreed(clusters, 'is a copy', 'are copies')}`,
    'Nothing is lost: the image above has all of it, and the disk reads as before. Keep the image above. See that no merge is running, copy the directory, and do the merge again; if the image is marked as in use, close it with `ploop check -d FILE` first.',
  ),
  BAT_PARTLY_LOST: noted(
    'warning',
    ({ file, clusters, bytes }) =>
      `${counted(clusters, 'cluster')} of ${quoted(file)} (${counted(bytes, 'byte')}) ${agreed(clusters, 'has', 'have')} no entry in its block table, and data are in ${agreed(clusters, 'it', 'them')}: entries were lost, or a write or a merge was interrupted before it made them`,
    'Copy the file before anything else and keep the copy. Do not merge, compact or repair the image before it is clear which it was: `ploop check -f` and merges give these clusters up. Compare an export with what should be on the disk. If it is complete, the clusters are left over and nothing has to be done. If something is missing, restore the image from a backup of the same state as the others.',
  ),
  FILE_SPARSE: noted(
    'info',
    ({ file, bytes, allocated }) =>
      `${quoted(file)} has holes: ${String(allocated)} of its ${counted(bytes, 'byte')} ${agreed(allocated, 'is', 'are')} stored; filling them takes ${counted(Math.max(0, bytes - allocated), 'byte')}`,
    'Holes read as zeros: nothing is lost. On ext4, releases up to 7.0.202 fill them at the next mount or check of the descriptor, even with -r: have the space free that they take. Only `ploop check IMAGE` without -S and `ploop replace` refuse the image.',
  ),
  TABLE_SPARSE: noted(
    'info',
    ({ file, table, stored }) =>
      `${quoted(file)} stores ${counted(stored, 'byte')}, and its block table alone has ${String(table)}`,
    'Most of the table is holes, or the file system compresses it. Reading the table takes time: check where an image that you did not make comes from.',
  ),
  IMAGE_IMPOSSIBLE: noted(
    'error',
    ({ version, size, blockSize, reason }) =>
      `no image of version ${String(version)} has ${counted(size, 'sector')} in clusters of ${String(blockSize)}: ${reason}`,
    'Version 1 ends below 2 TiB; clusters are a power of two from 64 to 131072 sectors.',
  ),
};
