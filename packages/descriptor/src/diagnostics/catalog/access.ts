import { agreed, counted, type Entries, noted, quoted, refused } from '../entry.ts';
import { fileWord, shellWord } from '../shell-word.ts';

/** What findings about reading and saving are about. */
export interface AccessData {
  FILE_UNREADABLE: {
    readonly file: string;
    readonly reason: string;
    /** The directory of the option `confine`. */
    readonly option?: 'confine';
  };
  DESCRIPTOR_MISSING: {
    readonly directory: string;
    readonly images: readonly FoundImage[];
    /** Directories of disks below it, relative to it. */
    readonly disks: readonly string[];
    /** Where `directory` is below the one that was given, if it is another one. */
    readonly below?: string;
    /** Name of the bare disk of a virtual machine of macOS. */
    readonly raw?: string;
    /** Whether nothing in it or below it is an image, a disk or a descriptor. */
    readonly empty?: true;
  };
  PATH_NOT_DESCRIPTOR: {
    readonly file: string;
    readonly bytes: number;
    readonly kind: string;
    /** The descriptor beside it. */
    readonly descriptor?: string;
    /** Whether that descriptor names the file. */
    readonly named?: true;
  };
  IMAGE_ALONE: {
    readonly file: string;
    /** Of an image of ploop. */
    readonly version?: 1 | 2;
    readonly sectors: number;
    /** Absent: ploop. */
    readonly format?: 'qcow2' | 'raw';
    /** The descriptor in its directory, which does not name it. */
    readonly descriptor?: string;
    /** Whether its directory holds no other image and no descriptor, and its name is not that of a delta. */
    readonly only?: true;
  };
  IMAGE_MAYBE_DELTA: {
    readonly file: string;
    /** Other images in the directory. */
    readonly others: number;
    readonly named?: 'delta';
    /** The descriptor in its directory, which does not name it. */
    readonly descriptor?: string;
  };
  TOO_MANY_OPEN_FILES: { readonly file: string; readonly limit: 'process' | 'system' };
  FINDINGS_OMITTED: { readonly count: number };
  EDIT_IMPOSSIBLE: { readonly reason: string };
  RELEASE_UNKNOWN: { readonly release: string };
  FILE_UNWRITABLE: { readonly file: string; readonly reason: string };
  FILE_NOT_SYNCED: { readonly file: string; readonly reason: string };
  OWNER_NOT_KEPT: { readonly file: string; readonly uid: number; readonly gid: number };
  DESCRIPTOR_CHANGED: { readonly file: string };
  OPTION_INVALID: { readonly option: string; readonly value: string; readonly expected: string };
  INPUT_TOO_LARGE: { readonly bytes: number; readonly limit: number };
}

/** An image in a directory without a descriptor. */
interface FoundImage {
  readonly file: string;
  /** Whether the name is not UTF-8: its bytes outside ASCII are written as `\xf1`. */
  readonly isEscaped?: boolean;
  readonly bytes: number;
  readonly inUse: boolean;
  readonly version?: 1 | 2;
  readonly sectors?: number;
  readonly blockSize?: number;
  readonly kind?: string;
  readonly named?: 'delta';
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

function directoryOf(file: string): string {
  return file.slice(0, Math.max(1, file.lastIndexOf('/')));
}

function lookAtDescriptor(descriptor: string): string {
  return `See what that descriptor lacks: ploop-inspect check ${shellWord(directoryOf(descriptor))}.`;
}

function surroundings({ descriptor, only }: AccessData['IMAGE_ALONE']): string {
  if (descriptor !== undefined) return '; the DiskDescriptor.xml beside it does not name it';
  return only === true ? '; no other image is in its directory' : '';
}

function imageText({ file, bytes, version, sectors, blockSize, kind, named, inUse }: FoundImage) {
  const what =
    version === undefined
      ? [kind ?? 'not an image of ploop', counted(bytes, 'byte')]
      : [
          `version ${String(version)}`,
          `a disk of ${counted(String(sectors), 'sector')}`,
          `clusters of ${String(blockSize)}`,
        ];
  const more = [
    ...(named === 'delta' ? ['by its name a delta'] : []),
    ...(inUse ? ['marked as in use'] : []),
  ];
  return `${quoted(nameOf(file))} (${[...what, ...more].join(', ')})`;
}

/** What to do with files that look like images by their name, none of which is one of ploop. */
function noPloopHint(directory: string, images: readonly FoundImage[]): string {
  const foreign = images.find(({ kind }) => kind?.endsWith(' image') === true);
  if (foreign !== undefined)
    return `It is not a disk of ploop: see qemu-img info ${fileWord(foreign.file, foreign.isEscaped)}.`;
  const [image, ...more] = images;
  if (image === undefined || more.length > 0)
    return 'None of them begins as an image of ploop: find out with file FILE what each is, and look for the descriptor in backups.';
  const word = fileWord(image.file, image.isEscaped);
  return `It does not begin as an image of ploop: find out what it is with file ${word} and blkid -p ${word}. A bare disk is the disk, byte for byte: copy the file as it is. For a descriptor of a bare disk that never had a snapshot, run \`ploop restore-descriptor -f raw ${shellWord(directory)} ${word}\` after that.`;
}

/** What to do if a file cannot be written, by the code of the system that the reason begins with. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/^(?:ENOSPC|EDQUOT)/, 'Free some space: df -h and df -i of the directory show what is left.'],
  [
    /^EROFS/,
    'The file system is read-only: write elsewhere. If it became so by itself, see the kernel log.',
  ],
  [
    /^(?:EACCES|EPERM)/,
    'This user may not write there: namei -l of the path shows the permissions of each step.',
  ],
  [/^(?:ENOENT|ENOTDIR)/, 'Its directory is not there: make it, or correct the path.'],
  [/^EIO/, 'The storage fails: see the kernel log, and write elsewhere.'],
];

function remedyOf(reason: string): string {
  const [, remedy = 'Check the reason.'] = REMEDIES.find(([code]) => code.test(reason)) ?? [];
  return remedy;
}

/** The codes of findings about reading and saving. */
export const accessCodes: Entries<AccessData> = {
  FILE_UNREADABLE: refused(
    ({ file, reason, option }) =>
      option === undefined
        ? `cannot read ${quoted(file)}: ${reason}`
        : `cannot confine the disk to ${quoted(file)}: ${reason}`,
    ({ option }) =>
      option === undefined
        ? 'Check the path and the permissions; give the descriptor or the directory that holds it.'
        : 'Give --confine (`confine` in the API) a directory that holds all files of the disk.',
  ),
  DESCRIPTOR_MISSING: refused(
    ({ directory, images, disks, raw, empty }) => {
      if (empty === true)
        return `${quoted(directory)} is not a disk: neither a descriptor nor an image is in it, and no disk is below it`;
      if (disks.length > 0)
        return `${quoted(directory)} is not a disk, it holds ${disks.map(quoted).join(', ')}`;
      if (raw !== undefined)
        return `${quoted(directory)} is a virtual machine of macOS: its disk is the bare file ${quoted(raw)}, not one of ploop`;
      if (images.length === 0) return `there is no DiskDescriptor.xml in ${quoted(directory)}`;
      const count = images.length === 1 ? 'one image' : counted(images.length, 'image');
      return `there is no descriptor in ${quoted(directory)}, but ${count}: ${images.map(imageText).join(', ')}`;
    },
    ({ directory, images, disks, raw, empty }) => {
      if (empty === true)
        return 'Check the path. If a disk was here, look for its directory in backups, and whether a file system that holds it is not mounted.';
      const [disk] = disks;
      if (disk !== undefined)
        return `Give the disk: ploop-inspect show ${shellWord(`${directory}/${disk}`)}.`;
      if (raw !== undefined) return 'Copy the file as it is: it is the disk, byte for byte.';
      if (images.length === 0) return 'Use the descriptor that is named besides.';
      const [image, ...more] = images;
      if (images.every(({ version }) => version === undefined))
        return noPloopHint(directory, images);
      if (image === undefined || more.length > 0 || image.named === 'delta')
        return 'Look for the descriptor in backups. ploop-inspect show FILE reads one image alone. Do not use ploop restore-descriptor if the disk had snapshots: it makes one image the whole disk.';
      return `ploop-inspect check ${shellWord(directory)} and export read the image alone. Copy the image before anything else. Only if the disk never had a snapshot, \`ploop restore-descriptor ${shellWord(directory)} ${fileWord(image.file, image.isEscaped)}\` writes a descriptor beside it.`;
    },
  ),
  PATH_NOT_DESCRIPTOR: refused(
    ({ file, kind, descriptor, named }) =>
      `${quoted(file)} is not a descriptor (${kind})${
        descriptor === undefined
          ? ''
          : named === true
            ? '; the DiskDescriptor.xml beside it names it as an image'
            : '; a DiskDescriptor.xml is beside it'
      }`,
    ({ file, kind, descriptor }) => {
      if (descriptor !== undefined)
        return `Give the directory: ploop-inspect show ${shellWord(descriptor.slice(0, -'/DiskDescriptor.xml'.length))}.`;
      if (kind === 'image of ploop') return 'ploop-inspect show, check and export read it alone.';
      if (kind === 'bare disk') return 'Copy the file as it is: it is the disk, byte for byte.';
      if (kind.endsWith(' image'))
        return `It is not a disk of ploop: see qemu-img info ${shellWord(file)}.`;
      return 'Give DiskDescriptor.xml, or the directory that holds it.';
    },
  ),
  IMAGE_ALONE: noted(
    'info',
    (data) => {
      const { file, version, sectors, format } = data;
      const kind = {
        ploop: `an image of version ${String(version)} and`,
        qcow2: 'a qcow2 image of',
        raw: 'a bare disk of',
      }[format ?? 'ploop'];
      return `${quoted(file)} is read alone, without a descriptor: ${kind} ${counted(sectors, 'sector')}${surroundings(data)}`;
    },
    ({ file, format, descriptor, only }) =>
      format !== undefined
        ? 'It is only read. A qcow2 image shows what its backing files have; a bare disk holds all of its content.'
        : `It is only read. Nothing in an image says whether it needs others below it: if it was taken out of a disk with snapshots, what it does not hold itself reads as zeros here.${
            descriptor === undefined ? '' : ` ${lookAtDescriptor(descriptor)}`
          }${
            only === true
              ? ` Copy the image before anything else. Only if the disk never had a snapshot, \`ploop restore-descriptor ${shellWord(directoryOf(file))} ${shellWord(file)}\` writes a descriptor beside it.`
              : ''
          }`,
  ),
  IMAGE_MAYBE_DELTA: noted(
    'warning',
    ({ file, others, named }) =>
      `${quoted(file)} is probably a part of a disk: ${[
        ...(named === 'delta' ? ['its name is that of a delta'] : []),
        ...(others > 0
          ? [`${counted(others, 'other image')} ${agreed(others, 'is', 'are')} beside it`]
          : []),
      ].join(', and ')}`,
    ({ descriptor }) =>
      `${
        descriptor === undefined
          ? 'Look for the descriptor: by it, the images are read together.'
          : 'It may be a delta of the disk beside it, or a copy of one of its images.'
      } Alone, clusters that are in an image below read as zeros.`,
  ),
  TOO_MANY_OPEN_FILES: noted(
    'error',
    ({ file, limit }) =>
      `cannot open ${quoted(file)}: the ${limit} has too many files open (nothing is known of this file)`,
    'Raise the limit (`ulimit -n 4096`, `LimitNOFILE=` of a systemd unit, or `sysctl fs.file-max` for the whole system), or close files, then repeat the call.',
  ),
  FINDINGS_OMITTED: noted(
    'info',
    ({ count }) => `${counted(count, 'more finding')} ${agreed(count, 'is', 'are')} left out`,
    'Mend what is reported first; what remains shows up then.',
  ),
  EDIT_IMPOSSIBLE: noted(
    'error',
    ({ reason }) => reason,
    'Write the whole document with serializeDescriptor, if nothing foreign in it matters.',
  ),
  RELEASE_UNKNOWN: refused(
    ({ release }) => `there is no release ${quoted(release)}`,
    'Name a release of 1.x, 7, 8 or 9.',
  ),
  FILE_UNWRITABLE: noted(
    'error',
    ({ file, reason }) => `cannot write ${quoted(file)}: ${reason}`,
    ({ reason }) =>
      `A file of that name is unchanged; a device or a pipe may have a part of the data. ${remedyOf(reason)}`,
  ),
  FILE_NOT_SYNCED: noted(
    'error',
    ({ file, reason }) =>
      `${quoted(file)} is written and in its place, but a power cut may undo that: ${reason}`,
    'Look at the kernel log: the disk or its file system fails. Compare the file before you rely on it.',
  ),
  OWNER_NOT_KEPT: noted(
    'error',
    ({ file, uid, gid }) =>
      `${quoted(file)} belongs to ${String(uid)}:${String(gid)}, who would lose it to the writer`,
    'The file is as it was. Write it as its owner or as root.',
  ),
  DESCRIPTOR_CHANGED: noted(
    'error',
    ({ file }) => `${quoted(file)} has changed since it was loaded`,
    'Load it again and begin anew; let no tool work on the disk meanwhile.',
  ),
  OPTION_INVALID: refused(
    ({ option, value, expected }) => `${option} cannot be ${value}: expected ${expected}`,
    'Correct the argument or the option.',
  ),
  INPUT_TOO_LARGE: refused(
    ({ bytes, limit }) =>
      `${counted(bytes, 'byte')} ${agreed(bytes, 'is', 'are')} more than the limit of ${String(limit)}`,
    'A descriptor takes about 400 bytes a snapshot. Raise maxBytes if this one is genuine.',
  ),
};
