import { SECTOR_SIZE } from '../../units.ts';
import { CONTENT_NAMES, type ContentType } from '../content.ts';
import { agreed, counted, type Entries, noted, quoted } from '../entry.ts';

/** What findings about the images of a snapshot, one over the other are about. */
export interface ChainData {
  PARENT_NEWER: {
    readonly guid: string;
    readonly file: string;
    readonly modified: string;
    readonly child: string;
    readonly childModified: string;
  };
  CHAIN_TOO_LONG: { readonly images: number; readonly most: number };
  CHAIN_CLUSTER_SIZE: {
    readonly file: string;
    readonly sectors: number;
    readonly expected: number;
  };
  CHAIN_REGROWN: { readonly file: string; readonly from: number; readonly to: number };
  CHAIN_VERSION: { readonly file: string; readonly version: number; readonly lower: number };
  CHAIN_SHRUNK: { readonly file: string; readonly sectors: number; readonly lower: number };
  BASE_NOT_RAW: { readonly file: string };
  BASE_SHORTER: { readonly file: string; readonly bytes: number; readonly disk: number };
  BASE_TRUNCATED: {
    readonly file: string;
    readonly bytes: number;
    /** Where what is on it ends. */
    readonly end: number;
    readonly lost: number;
    /** What that is; a partition if it was not recognised. */
    readonly type?: ContentType;
    /** Present if the geometry in the descriptor shows that the disk was that long, and nothing on the base does. */
    readonly geometry?: true;
  };
  BLOCK_SIZE_DIFFERS: { readonly file: string; readonly sectors: number; readonly stated: number };
  DISK_SIZE_DIFFERS: { readonly file: string; readonly sectors: number; readonly stated: number };
}

/** The codes of findings about the images of a snapshot, one over the other. */
export const chainCodes: Entries<ChainData> = {
  PARENT_NEWER: noted(
    'info',
    ({ guid, file, modified, childModified }) =>
      `${quoted(file)} of ${guid} was written ${modified}, after an image above it (${childModified})`,
    'If a merge or a check of the tool wrote to it, nothing has to be done. If the file was replaced, as by a restore, what is above it was made for other content: the snapshots above are a mixture. Compare with the file that was there before.',
  ),
  CHAIN_TOO_LONG: noted(
    'error',
    ({ images, most }) =>
      `the chain has ${counted(images, 'image')}, and ${String(most)} at most are read`,
    'No release puts together as many. Look at where the descriptor comes from.',
  ),
  CHAIN_CLUSTER_SIZE: noted(
    'error',
    ({ file, sectors, expected }) =>
      `${quoted(file)} has clusters of ${counted(sectors, 'sector')}, those below it ${String(expected)}`,
    'Let nothing merge, and delete no snapshot: releases up to 7 overwrite the lower image. The images do not belong together: look for the right one among the backups.',
  ),
  CHAIN_REGROWN: noted(
    'warning',
    ({ file, from, to }) =>
      `the disk was smaller in ${quoted(file)}: what is below it shows up again from byte ${String(from)} to ${String(to)}`,
    'It is read as the tool merges it. QEMU reads zeros there.',
  ),
  CHAIN_VERSION: noted(
    'error',
    ({ file, version, lower }) =>
      `${quoted(file)} has version ${String(version)}, the image below it ${String(lower)}`,
    'Let nothing merge, and delete no snapshot: releases up to 7 lose the data and end with 0. Copy the directory, then run `ploop convert -v 1 DiskDescriptor.xml` of 1.15 on the copy, or `-v 2` of release 9.',
  ),
  CHAIN_SHRUNK: noted(
    'warning',
    ({ file, sectors, lower }) =>
      `${quoted(file)} has ${counted(sectors, 'sector')}, the image below it ${String(lower)}`,
    'What is below is cut off at the size of the upper image. If the disk never shrank, one of the two images belongs to another disk, or its header is damaged: compare both with Disk_size and with a backup, and let nothing merge. The driver of releases 8 and 9 refuses such a chain.',
  ),
  BASE_NOT_RAW: noted(
    'warning',
    ({ file }) =>
      `the disk is raw by its descriptor, and its base ${quoted(file)} has the header of an image`,
    'The tool and this package read it as a bare disk: a guest can have written that header itself. If an export does not hold what the disk should, the base is an image: in a copy of the descriptor write Compressed for all images, and export that.',
  ),
  BASE_SHORTER: noted(
    'warning',
    ({ file, bytes, disk }) =>
      `the base ${quoted(file)} has ${counted(bytes, 'byte')}, and the disk above it ${String(disk)}: the file was cut off, or the disk grew after the snapshot`,
    'The rest reads as zeros, which is right for a disk that grew. If it did not, compare the file with where it came from and copy it again.',
  ),
  BASE_TRUNCATED: noted(
    'error',
    ({ file, bytes, end, lost, type, geometry }) =>
      `the base ${quoted(file)} has ${counted(bytes, 'byte')}, and ${
        geometry === true
          ? `by its geometry the disk had ${counted(end, 'byte')} when it was made`
          : `${type === undefined ? 'a partition' : CONTENT_NAMES[type]} on it ends at byte ${String(end)}`
      }: the file was cut off, and its last ${counted(lost, 'byte')} ${agreed(lost, 'is', 'are')} missing`,
    'They read as zeros in every state of the disk, except where an image above has them. Copy the file again from where it came from. Write nothing to the disk before, and do not repair the file system.',
  ),
  BLOCK_SIZE_DIFFERS: noted(
    'error',
    ({ file, sectors, stated }) =>
      `${quoted(file)} has clusters of ${counted(sectors, 'sector')}, and the descriptor says ${String(stated)}`,
    'The image decides what is read. If all images agree, copy the descriptor and correct Blocksize in it. If one differs from the others, it belongs to another disk: let nothing merge.',
  ),
  DISK_SIZE_DIFFERS: noted(
    'warning',
    ({ file, sectors, stated }) =>
      `the top ${quoted(file)} has ${counted(sectors, 'sector')}, and the descriptor says ${String(stated)}${
        stated === sectors * SECTOR_SIZE ? ', which is that size in bytes' : ''
      }`,
    ({ sectors }) =>
      `The ploop tool, QEMU and this package take the size from the image. Other software reads \`Disk_size\`: if an export of the disk is complete, write ${String(sectors)} as Disk_size, and as End of its Storage, in a copy of the descriptor.`,
  ),
};
