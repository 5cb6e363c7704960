import type { ImageType } from '../../model.ts';
import { counted, type Entries, type Nothing, noted, quoted, refused } from '../entry.ts';

/** What findings about the elements of a descriptor are about. */
export interface ElementData {
  DISK_PARAMETERS_MISSING: Nothing;
  DISK_SIZE_UNREADABLE: { readonly text: string };
  DISK_SIZE_INEXACT: { readonly text: string };
  STORAGE_MISSING: Nothing;
  STORAGE_SPLIT: { readonly element: string };
  BLOCK_SIZE_MISSING: Nothing;
  BLOCK_SIZE_UNREADABLE: { readonly text: string };
  BLOCK_SIZE_INVALID: { readonly sectors: number };
  PREALLOCATED_INVALID: { readonly text: string };
  PREALLOCATED_PLAIN: Nothing;
  IMAGES_MISSING: Nothing;
  IMAGE_GUID_MISSING: { readonly element: string };
  IMAGE_FILE_MISSING: { readonly guid: string };
  IMAGE_TYPE_UNKNOWN: { readonly text: string };
  GUID_INVALID: { readonly text: string };
  SNAPSHOTS_MISSING: Nothing;
  SHOT_GUID_MISSING: { readonly element: string };
  SHOT_PARENT_MISSING: { readonly guid: string };
  GEOMETRY_ZERO: { readonly cylinders: number; readonly heads: number };
  GEOMETRY_INEXACT: {
    readonly cylinders: number;
    readonly heads: number;
    readonly sectors: string;
    readonly product: string;
    readonly size: number;
  };
  DISK_SIZE_SUSPECT: { readonly sectors: number; readonly ifBytes: number };
  TYPES_MIXED: {
    readonly plain: number;
    readonly compressed: number;
    /** Type of the base, where there is one. */
    readonly base: ImageType | undefined;
  };
  BASE_PLAIN: { readonly compressed: number };
  DROPPED_BY_OLD_RELEASES: { readonly element: 'Encryption' | 'Volume' };
  DROPPED_BY_TOOL: { readonly element: 'Encryption' };
  CONTENT_ENCRYPTED: { readonly engine?: string; readonly keyId?: string };
}

/** The codes of findings about the elements of a descriptor. */
export const elementCodes: Entries<ElementData> = {
  DISK_PARAMETERS_MISSING: refused(
    () => 'there is no Disk_Parameters element',
    'In a copy of the descriptor, add Disk_Parameters with Disk_size, Cylinders, Heads, Sectors and Padding.',
  ),
  DISK_SIZE_UNREADABLE: noted(
    'error',
    ({ text }) => `Disk_size is ${quoted(text)}, which the tool takes for 0`,
    'In a copy of the descriptor, write the size in sectors of 512 bytes. The header of the top image states it; for a raw disk without snapshots, it is the length of the file.',
  ),
  DISK_SIZE_INEXACT: noted(
    'error',
    ({ text }) => `Disk_size ${text} is larger than any disk and cannot be held exactly`,
    'In a copy of the descriptor, write the size in sectors of 512 bytes. The header of the top image states it; for a raw disk without snapshots, it is the length of the file.',
  ),
  STORAGE_MISSING: refused(
    () => 'there is no Storage element in StorageData',
    'In a copy of the descriptor, add a Storage with Start, End, Blocksize and one Image for each delta.',
  ),
  STORAGE_SPLIT: {
    // The data are whole: only the tool does not read them.
    severity: 'warning',
    refused: true,
    text: ({ element }) =>
      element === 'Storage'
        ? 'a second Storage follows the first: the disk is split into parts, which the tool refuses and this package reads'
        : `${element} follows the first Storage, which the tool refuses`,
    hint: ({ element }) =>
      element === 'Storage'
        ? 'Nothing is wrong with the data. Read the disk with ploop-inspect export, or join its parts with the product that made them. Do not remove the second Storage: that cuts the disk off.'
        : 'In a copy of the descriptor, move the element before the Storage.',
  },
  BLOCK_SIZE_MISSING: refused(
    () => 'there is no Blocksize',
    'In a copy of the descriptor, write the cluster size in sectors, usually 2048: ploop-inspect show IMAGE prints that of an image.',
  ),
  BLOCK_SIZE_UNREADABLE: refused(
    ({ text }) => `Blocksize is ${quoted(text)}, not a number`,
    'In a copy of the descriptor, write the cluster size in sectors, usually 2048: ploop-inspect show IMAGE prints that of an image.',
  ),
  BLOCK_SIZE_INVALID: refused(
    ({ sectors }) => `Blocksize ${String(sectors)} is not a power of two from 64 to 131072`,
    'In a copy of the descriptor, write the cluster size in sectors, usually 2048: ploop-inspect show IMAGE prints that of an image.',
  ),
  PREALLOCATED_INVALID: refused(
    ({ text }) => `Preallocated is ${quoted(text)}, neither 0 nor 1`,
    'In a copy of the descriptor, write 1 for a preallocated disk, or leave the element out.',
  ),
  PREALLOCATED_PLAIN: refused(
    () => 'the disk is preallocated and has a Plain image',
    'Look at the base with `head -c 16 BASE`: a ploop signature (`Withou…`) there means Compressed for all images, none a raw disk without Preallocated. Write that in a copy of the descriptor: the wrong choice destroys the disk at the next write.',
  ),
  IMAGES_MISSING: refused(
    () => 'there is no Image',
    'In a copy of the descriptor, add one Image for each delta file.',
  ),
  IMAGE_GUID_MISSING: refused(
    ({ element }) => `${element} stands where an Image is expected and has no GUID`,
    'The tool takes every element after the first Image for an Image. In a copy of the descriptor, move this one before the first Image, or give it the GUID of its Shot.',
  ),
  IMAGE_FILE_MISSING: refused(
    ({ guid }) => `the image of ${guid} has no File`,
    'In a copy of the descriptor, write the name of the delta file, relative to the descriptor.',
  ),
  IMAGE_TYPE_UNKNOWN: noted(
    'info',
    ({ text }) => `Type ${quoted(text)} is taken for Compressed`,
    'In a copy of the descriptor, write Plain for all images of a raw disk, else Compressed.',
  ),
  GUID_INVALID: refused(
    ({ text }) => `${quoted(text)} is not a GUID`,
    'In a copy of the descriptor, write the GUID in braces, 38 characters in all, with nothing around it.',
  ),
  SNAPSHOTS_MISSING: refused(
    () => 'there is no Snapshots element',
    'In a copy of the descriptor, add Snapshots with TopGUID and one Shot for each image.',
  ),
  SHOT_GUID_MISSING: refused(
    ({ element }) => `${element} stands where a Shot is expected and has no GUID`,
    'The tool takes every element after the first Shot for a Shot. In a copy of the descriptor, move this one before the first Shot: TopGUID belongs there.',
  ),
  SHOT_PARENT_MISSING: refused(
    ({ guid }) => `shot ${guid} has no ParentGUID`,
    'In a copy of the descriptor, write the GUID of the parent. Write zeros only for a base: zeros hide what is in the images below.',
  ),
  GEOMETRY_ZERO: noted(
    'warning',
    ({ cylinders, heads }) =>
      `${counted(cylinders, 'cylinder')} and ${counted(heads, 'head')}: releases 1.x, and 7 before 7.0.95, can crash on rewriting this`,
    'In a copy of the descriptor, write the heads and cylinders of the image header, or 16 heads and a cylinder for every 512 sectors.',
  ),
  GEOMETRY_INEXACT: noted(
    'info',
    ({ cylinders, heads, sectors, product, size }) =>
      `${counted(cylinders, 'cylinder')} × ${counted(heads, 'head')} × ${counted(sectors, 'sector')} make ${counted(product, 'sector')}, and Disk_size is ${String(size)}`,
    'The data do not depend on it: the ploop tool and QEMU do not use the geometry. A guest that Parallels Desktop boots by it may not start: on a copy of the descriptor, write Cylinders, Heads and Sectors whose product is Disk_size.',
  ),
  DISK_SIZE_SUSPECT: noted(
    'warning',
    ({ sectors, ifBytes }) =>
      `Disk_size is ${counted(sectors, 'sector')}; if that was meant in bytes, ${String(ifBytes)}`,
    'Compare with the header of the top image: ploop-inspect show prints it. In a copy of the descriptor, write the size in sectors of 512 bytes.',
  ),
  TYPES_MIXED: noted(
    'warning',
    ({ plain, compressed, base }) =>
      `images are of different types: ${String(plain)} Plain, ${String(compressed)} Compressed` +
      (base === undefined ? '' : `, the base ${base}`) +
      '; the tool takes the disk for raw',
    'Do not mount the disk before it is clear what the base is: look at it with `head -c 16 BASE`. If it is a ploop image (`Withou…`), all types are Compressed. If it is a bare disk, the base is Plain and the images above it Compressed. Write that in a copy of the descriptor.',
  ),
  BASE_PLAIN: noted(
    'info',
    ({ compressed }) =>
      `the base is Plain, ${counted(compressed, 'image')} above it Compressed, as Parallels Desktop writes it`,
    'Leave the types as they are. The tool reads the disk, but writes Plain for all images at its next change: Parallels Desktop and QEMU then take the images above the base for bare disks. Keep a copy of the descriptor if you use one of them.',
  ),
  DROPPED_BY_OLD_RELEASES: noted(
    'warning',
    ({ element }) =>
      `releases before ${element === 'Volume' ? '7.0.95' : '7.0.42'} drop ${element} when they write the descriptor`,
    'Keep a copy of the descriptor, and change the disk with releases 7.0.95 and later only.',
  ),
  DROPPED_BY_TOOL: noted(
    'warning',
    ({ element }) =>
      `every release drops ${element} when it writes the descriptor, and the key data with it`,
    'Change the disk with the product that encrypted it only, and keep a copy of DiskDescriptor.xml.',
  ),
  CONTENT_ENCRYPTED: noted(
    'warning',
    ({ engine, keyId }) => {
      const by = [
        ...(engine === undefined ? [] : [`engine ${quoted(engine)}`]),
        ...(keyId === undefined ? [] : [`key ${quoted(keyId)}`]),
      ];
      return `the content is encrypted (${by.join(', ')})`;
    },
    'Decrypt the disk with the product that encrypted it. To export the ciphertext as it is, use --ciphertext (API: ciphertext: true).',
  ),
};
