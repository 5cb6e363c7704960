import { confineHint } from '../confine-hint.ts';
import { agreed, counted, type Entries, noted, quoted } from '../entry.ts';
import { type CandidateData, candidatesText, isLike, isOtherDelta } from './candidate.ts';
import { operationsHint, operationsText, type Operation } from '../operations.ts';
import { fileWord, shellWord } from '../shell-word.ts';

/** What findings about the directory of a disk are about. */
export interface DirectoryData {
  DELTA_MISSING: MissingTopData;
  SPARE_DELTA_MISSING: MissingData;
  DELTA_UNREADABLE: { readonly guid: string; readonly file: string; readonly reason: string };
  DELTA_SHARED: {
    readonly guid: string;
    readonly other: string;
    readonly file: string;
    readonly otherFile: string;
  };
  IMAGE_LINKED: {
    readonly guid: string;
    readonly file: string;
    readonly links: number;
    readonly others: readonly string[];
  };
  DELTA_OUTSIDE: {
    readonly guid: string;
    readonly file: string;
    readonly within: string;
    readonly here?: string;
    /** Where symlinks lead from there. */
    readonly leadsTo?: string;
    /** Whether nothing is at the path, or where it leads. */
    readonly gone?: boolean;
    readonly candidates?: readonly CandidateData[];
  };
  DELTA_ELSEWHERE: { readonly guid: string; readonly file: string };
  COPY_LEADS_BACK: { readonly guid: string; readonly file: string; readonly here: string };
  LINK_OUTSIDE: { readonly file: string; readonly within: string };
  DELTA_ORPHANED: {
    readonly file: string;
    /** Whether the name is not UTF-8: its bytes outside ASCII are written as `\xf1`. */
    readonly isEscaped?: boolean;
    readonly bytes: number;
    readonly modified?: string;
    readonly inUse?: boolean;
    /** Size of the disk that its header states. */
    readonly sectors?: number;
    readonly blockSize?: number;
    /** Whether its name is that of a delta. */
    readonly named?: 'delta';
    /** Name of an image that its own name begins with. */
    readonly like?: string;
    /** GUIDs of missing images that it may be. */
    readonly mayBe?: readonly string[];
    /** Whether an image of the disk is missing, or shares the file of another. */
    readonly isBroken?: boolean;
    /** Whether it was written after the descriptor. */
    readonly isNewer?: boolean;
  };
  DESCRIPTOR_RIVAL: {
    readonly file: string;
    /** Whether the name is not UTF-8: its bytes outside ASCII are written as `\xf1`. */
    readonly isEscaped?: boolean;
    readonly images: readonly {
      readonly guid: string;
      readonly file: string;
      readonly bytes: number;
      readonly modified: string;
      readonly inUse: boolean;
      readonly isTop: boolean;
    }[];
    /** Whether an operation of the tool prepared it. */
    readonly isPrepared?: true;
    /** Images of this disk that the state of the other descriptor needs as they are. */
    readonly needs: readonly string[];
  };
  DESCRIPTOR_COPY: { readonly file: string; readonly images: number; readonly gone: number };
  DESCRIPTOR_USABLE: {
    readonly file: string;
    /** Whether the name is not UTF-8: its bytes outside ASCII are written as `\xf1`. */
    readonly isEscaped?: boolean;
    readonly images: number;
    readonly missing: readonly string[];
    readonly modified: string;
  };
  SNAPSHOT_UNLISTED: {
    /** The list of snapshots of the container or virtual machine. */
    readonly file: string;
    readonly guids: readonly string[];
    /** What the files of their images take, as far as they are in the directory of the disk. */
    readonly imageBytes?: number;
    /** Its length, if it was not opened: it is too short to list all of these snapshots. */
    readonly bytes?: number;
  };
  FILES_BESIDE: {
    readonly bytes: number;
    readonly files: readonly {
      readonly file: string;
      readonly bytes: number;
      readonly kind?: string;
    }[];
  };
  OPERATION_INTERRUPTED: {
    readonly file: string;
    /** What was under way: one, or all that it may have been. Absent if nothing shows it. */
    readonly operations?: readonly Operation[];
    /** What shows that. */
    readonly evidence?: string;
  };
  CONVERSION_INTERRUPTED: { readonly file: string };
  RAW_CONVERSION_INTERRUPTED: { readonly file: string };
  CREATION_INTERRUPTED: { readonly file: string };
  SAVE_INTERRUPTED: { readonly file: string };
  REPLACE_INTERRUPTED: { readonly file: string };
  MOUNT_POINT_LEFT: { readonly file: string };
  BACKUP_LEFT: { readonly file: string };
  LOCK_FILE: { readonly file: string };
}

interface MissingData {
  readonly guid: string;
  readonly file: string;
  readonly candidates?: readonly CandidateData[];
  /** The nearest snapshot below whose files are all there. */
  readonly whole?: string;
}

interface MissingTopData extends MissingData {
  readonly top?: 'unknown';
  /** Whether nothing but the top is missing. */
  readonly onlyTop?: true;
  /** Whether the tool would drop elements of the descriptor that another product wrote. */
  readonly drops?: true;
}

function wholeText({ whole }: MissingData): string {
  return whole === undefined ? '' : `; all files of ${whole} are there`;
}

const TAKE_CANDIDATE =
  'Do not move, rename or remove what may be the file. Copy the descriptor to another name beside it, write the other name as File in the copy, and give the copy to ploop-inspect check and export, which only read.';

function missingHint(data: MissingTopData): string {
  const { candidates = [], whole, onlyTop, drops } = data;
  const backup =
    'Backups of a snapshot leave out what was written after it: if this is such a copy, nothing else was in it.';
  return [
    ...(candidates.length > 0 ? [TAKE_CANDIDATE] : []),
    ...(candidates.some(isOtherDelta) ? [MAYBE_OLDER] : []),
    ...allowOutside(data),
    ...(isLike(candidates, 'same path as Windows writes it')
      ? ['The descriptor was written on Windows: other systems need / between directories.']
      : []),
    ...(isLike(candidates, 'name of a packed copy')
      ? ['Unpack a packed copy beside the file, under another name, and try that.']
      : []),
    ...(isLike(candidates, 'name of an unfinished copy')
      ? ['An unfinished copy lacks data: look first for the file that was copied.']
      : []),
    ...(whole === undefined
      ? []
      : [
          `ploop-inspect export --snapshot '${whole}' --output disk.raw DISK reads the state of that snapshot.`,
        ]),
    ...(onlyTop === true && candidates.length === 0 ? [backup] : []),
    ...(onlyTop === true && whole !== undefined && candidates.length === 0
      ? [drops === true ? GO_ON_ELSEWHERE : giveUpTop(whole)]
      : []),
    ...(candidates.length > 0
      ? []
      : [
          'Look for the file in backups and other directories: ploop-inspect check --confine DIR also looks below DIR, by name.',
        ]),
  ].join(' ');
}

/** How to read a candidate that is where nothing may be opened. */
function allowOutside({ file, candidates = [] }: MissingData): readonly string[] {
  const outside = candidates.find((candidate) => candidate.outside === true);
  if (outside === undefined) return [];
  const how = confineHint(directoryOf(file), directoryOf(outside.file));
  return [`${quoted(outside.name)} is outside the directory of the disk: to read it, ${how}.`];
}

function directoryOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/'));
}

function giveUpTop(whole: string): string {
  return `To go on from that snapshot without the top, unmount the disk and copy the descriptor first: cp -p DiskDescriptor.xml DiskDescriptor.xml.before && ploop snapshot-switch -u '${whole}' DiskDescriptor.xml.`;
}

const MAYBE_OLDER =
  'The descriptor may also be an older copy that does not know that delta: look for a newer descriptor, in backups as well, before one of the two is chosen.';

const GO_ON_ELSEWHERE =
  'To go on from that snapshot without the top, go back to it in a copy of the virtual machine, by the product that made the disk. The ploop tool drops what only that product knows of the descriptor.';

const SEE_OPERATION =
  'OPERATION_INTERRUPTED has the same cause, and says what to do: the operation made these files, and the descriptor does not know them yet.';

/** As many are named; more are counted. */
const MOST_NAMED = 3;

/** The first few of a list. */
function firstOf(texts: readonly string[]): string {
  const more = texts.length - MOST_NAMED;
  return `${texts.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`;
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

/** The codes of findings about the directory of a disk. */
export const directoryCodes: Entries<DirectoryData> = {
  DELTA_MISSING: noted(
    'error',
    (data) =>
      `${quoted(data.file)} of ${data.guid} is missing${
        data.top === 'unknown'
          ? '; no top is known that would need it or not'
          : ', and the top needs it'
      }${candidatesText(data)}${wholeText(data)}`,
    missingHint,
  ),
  SPARE_DELTA_MISSING: noted(
    'warning',
    (data) =>
      `${quoted(data.file)} of ${data.guid} is missing; the top does not need it${candidatesText(data)}${wholeText(data)}`,
    (data) =>
      `${missingHint(data)} Deleting the snapshots that need it gives up what is left of their data.`,
  ),
  DELTA_UNREADABLE: noted(
    'error',
    ({ guid, file, reason }) => `${quoted(file)} of ${guid} cannot be read: ${reason}`,
    'Look at the permissions, and at what is in the place of the file.',
  ),
  DELTA_SHARED: noted(
    'error',
    ({ guid, other, file, otherFile }) =>
      `${quoted(file)} of ${guid} and ${quoted(otherFile)} of ${other} are one file`,
    'Unmount the disk and let nothing write to it: what is written to one of them is written to the other. Find the file of each. If a copy was meant, make it one: `cp -aL --sparse=never FILE FILE.copy && mv FILE.copy FILE`.',
  ),
  IMAGE_LINKED: noted(
    'warning',
    ({ guid, file, links, others }) =>
      `${quoted(file)} of ${guid} has ${counted(links, 'name')}${
        others.length === 0 ? '' : `, among them ${others.slice(0, 3).map(quoted).join(', ')}`
      }: what is written to it changes all of them`,
    'Do not merge into the image, grow or convert it while another disk uses a further name. Unmount the disk and replace the image by a copy of its own first: `cp -p --sparse=never FILE FILE.copy && mv FILE.copy FILE`.',
  ),
  DELTA_OUTSIDE: noted(
    'error',
    (data) => {
      const { guid, file, within, here, gone, leadsTo } = data;
      const copy =
        gone === true ? 'the disk was moved here or is a copy' : 'this looks like a copy';
      const place =
        leadsTo === undefined ? 'is' : `leads by a symlink to ${quoted(leadsTo)}, which is`;
      return `${quoted(file)} of ${guid} ${place} outside ${quoted(within)} and was not opened${
        gone === true ? '; nothing is at that path' : ''
      }${
        here === undefined
          ? candidatesText(data)
          : `; a file of the same name is beside the descriptor: ${copy}`
      }`;
    },
    ({ file, within, here, gone, candidates = [] }) =>
      [
        ...(here === undefined
          ? []
          : [
              'Do not move or remove the file beside the descriptor: it may be the only copy. Copy the descriptor to another name beside it, write the name in the copy without the directories, and give the copy to ploop-inspect check, which then reads the file here.',
            ]),
        ...(here === undefined && candidates.length > 0 ? [TAKE_CANDIDATE] : []),
        ...(gone === true
          ? [
              'If the file belongs to another disk, such as the parent of a linked clone, find that disk.',
            ]
          : ['Look at where the file leads before anything changes the disk.']),
        `If the disk may use a file elsewhere, ${confineHint(within, directoryOf(file))}.`,
      ].join(' '),
  ),
  DELTA_ELSEWHERE: noted(
    'info',
    ({ guid, file }) => `${quoted(file)} of ${guid} is outside the directory of the descriptor`,
    'Take it along whenever the disk is copied or moved.',
  ),
  COPY_LEADS_BACK: noted(
    'warning',
    ({ guid, file, here }) =>
      `${quoted(file)} of ${guid} is used, although ${quoted(here)} has the same name`,
    'If the disk is a copy, write the names in its descriptor relative before anything changes it: a merge in the copy changes the original. Otherwise find out what the second file is.',
  ),
  LINK_OUTSIDE: noted(
    'error',
    ({ file, within }) => `${quoted(file)} leads outside ${quoted(within)} and was not followed`,
    'Look at where the symlink leads. If it may be followed, pass a directory that holds both as `confine`, or as --confine of ploop-inspect. If not, let no command change the disk before the symlink is gone, as the tool writes to what is behind it: note where it leads, then remove it.',
  ),
  DELTA_ORPHANED: noted(
    'warning',
    ({ file, bytes, modified, inUse, sectors, blockSize, named, like, mayBe = [], isNewer }) => {
      const disk =
        sectors === undefined
          ? ''
          : `, of a disk of ${counted(sectors, 'sector')} with clusters of ${String(blockSize)}`;
      const what =
        named === 'delta' || sectors === undefined
          ? `a delta of ${counted(bytes, 'byte')}`
          : `an image of ${counted(bytes, 'byte')}, by its name a whole disk and no delta`;
      return [
        `no image is in ${quoted(file)}, ${what}${disk}`,
        ...(like === undefined ? [] : [`by its name another copy of ${quoted(like)}`]),
        ...(modified === undefined ? [] : [`written ${modified}`]),
        ...(inUse === true ? ['marked as in use'] : []),
        ...mayBe.map((guid) => `it may be the missing image of ${guid}`),
        ...(isNewer === true ? ['the descriptor is older and may not know it'] : []),
      ].join('; ');
    },
    ({ file, isEscaped, inUse, named, sectors, mayBe = [], isBroken }) => {
      if (mayBe.length > 0 || isBroken === true)
        return 'Do not move, rename or remove it: an image of the disk has no file, or shares that of another, and this may be the only copy. See the findings about the image.';
      if (inUse === true)
        return 'Leave it: a device writes to it, or did until a crash. Find out which descriptor names it.';
      if (named !== 'delta' && sectors !== undefined)
        return `Keep it until it is sure that it is not the copy that is needed. ploop-inspect show ${fileWord(file, isEscaped)} reads it alone; then move it to other storage rather than remove it.`;
      return 'Leave it until it is sure that no device runs on the disk, that the descriptor is not an old one, and that the images are not older than the descriptor, as after a restore of one without the other; then move it aside rather than remove it.';
    },
  ),
  DESCRIPTOR_RIVAL: noted(
    'warning',
    ({ file, images, needs }) =>
      `${quoted(file)} beside describes a disk as well and names what this descriptor does not: ${images
        .map(
          (image) =>
            `${quoted(nameOf(image.file))}${image.isTop ? ', its top' : ''} (${counted(image.bytes, 'byte')}, written ${image.modified}${image.inUse ? ', marked as in use' : ''})`,
        )
        .join(', ')}${
        needs.length === 0
          ? ''
          : `; it needs ${firstOf(needs.map(nameOf).map(quoted))} of this disk unchanged`
      }`,
    ({ file, isEscaped, isPrepared, images }) =>
      [
        isPrepared === true
          ? `${SEE_OPERATION} Change nothing before.`
          : 'Change nothing before it is known which descriptor is in use: a migration, a backup or a restore was interrupted, or is running.',
        'Both may share images, so that a merge by one damages the other.',
        ...(images.some(({ inUse }) => inUse)
          ? ['A mark as in use says that this is the one that ran last.']
          : ['Compare when the tops were written.']),
        `Look at the other one with ploop-inspect check ${fileWord(file, isEscaped)}, and copy the directory before one of them is chosen.`,
      ].join(' '),
  ),
  DESCRIPTOR_COPY: noted(
    'info',
    ({ file, images, gone }) =>
      `${quoted(file)} beside describes a disk as well; of its ${counted(images, 'image')}, ${
        gone === 0
          ? 'none is missing in this descriptor'
          : `${String(gone)} ${agreed(gone, 'is', 'are')} neither here nor in this descriptor`
      }`,
    'Nothing has to be done. It is a copy, or the state before the snapshots of the disk were changed; nothing reads it.',
  ),
  DESCRIPTOR_USABLE: noted(
    'warning',
    ({ file, images, missing, modified }) =>
      `${quoted(file)} beside, written ${modified}, is a descriptor that the tool accepts; ${
        missing.length === 0
          ? images === 1
            ? 'the file that it names is here'
            : `all ${counted(images, 'file')} that it names are here`
          : `of ${counted(images, 'file')} that it names ${counted(missing.length, 'file')} cannot be found: ${missing.slice(0, 3).map(nameOf).map(quoted).join(', ')}`
      }`,
    ({ file, isEscaped, missing }) => {
      const check = `ploop-inspect check ${fileWord(file, isEscaped)}`;
      return missing.length === 0
        ? `Read the disk by it: ${check}. If it is not older than the last snapshot, keep a copy of the damaged descriptor and put a copy of this file in its place.`
        : `See with ${check} what is missing. It may describe an older state than the files; put it in the place of the descriptor in a copy of the directory only.`;
    },
  ),
  SNAPSHOT_UNLISTED: noted(
    'info',
    ({ file, guids, imageBytes, bytes }) => {
      const listed = `${guids.slice(0, 5).join(', ')}${guids.length > 5 ? ', …' : ''}`;
      const size = imageBytes === undefined ? '' : ` (images of ${counted(imageBytes, 'byte')})`;
      return bytes === undefined
        ? `${quoted(file)} and the directory dump beside it do not list ${listed}${size}`
        : `${quoted(file)} is too short (${counted(bytes, 'byte')}) to list ${guids.length === 1 ? listed : `all of ${listed}`}${size}`;
    },
    ({ file, bytes }) =>
      bytes === undefined
        ? 'vzctl and prlctl do not show these snapshots, and their images grow unseen. If nobody needs the states, and no backup runs that made them, delete them: `ploop snapshot-delete -u GUID DiskDescriptor.xml`.'
        : `vzctl and prlctl do not show a snapshot that the list lacks, and its images grow unseen. The list is outside the directory of the disk and was not opened: pass \`--confine ${shellWord(directoryOf(file))}\` to ploop-inspect check to see which snapshots it lacks, before any of them is deleted.`,
  ),
  FILES_BESIDE: noted(
    'info',
    ({ bytes, files }) =>
      `${counted(files.length, 'other file')} beside ${agreed(files.length, 'takes', 'take')} ${counted(bytes, 'byte')}: ${files
        .slice(0, 5)
        .map(({ file, kind }) => `${quoted(nameOf(file))}${kind === undefined ? '' : ` (${kind})`}`)
        .join(', ')}${files.length > 5 ? ', …' : ''}`,
    'None of them begins as an image or a descriptor. A packed file or a patch can still hold an image, and a file that is as long as the disk may be a bare copy of it: find out what made them before they are moved.',
  ),
  OPERATION_INTERRUPTED: noted(
    'warning',
    ({ file, operations = [], evidence }) =>
      `${quoted(file)} was prepared by an operation that is running or was interrupted: ${operationsText(operations)}${
        evidence === undefined ? '' : ` (${evidence})`
      }; the descriptor is the state before it`,
    ({ operations = [] }) =>
      `See that nothing is running, and keep a copy: the next operation replaces it, and it is the only record of what was under way. ${operationsHint(operations)}`,
  ),
  CONVERSION_INTERRUPTED: noted(
    'warning',
    ({ file }) => `${quoted(file)}: a change of the format version is running or was interrupted`,
    'Keep the file: it has the start of the image from before the change. Once it is sure that nothing is running, look whether `check` reports the image as in use, as being converted or as damaged. If it does, copy both, put the start back with `dd if=IMAGE.idx of=IMAGE conv=notrunc`, and close the image with `ploop check -d IMAGE`. Otherwise, move the file to other storage.',
  ),
  RAW_CONVERSION_INTERRUPTED: noted(
    'warning',
    ({ file }) => `${quoted(file)}: a conversion to raw is running or was interrupted`,
    'The image was not replaced as long as this file is there. See that nothing is running, read a copy of the disk, then move the file away.',
  ),
  CREATION_INTERRUPTED: noted(
    'warning',
    ({ file }) => `${quoted(file)}: the creation of a disk is running or was interrupted`,
    'Once it is sure that nothing is running, copy the directory and the files beside it to other storage. Then, if the directory holds DiskDescriptor.xml alone and the image is beside it, move that file beside the image, and the disk is finished. Otherwise, if no descriptor is beside the directory, remove the images beside it that are hard links of those in it, then the directory, and create the disk again.',
  ),
  SAVE_INTERRUPTED: noted(
    'warning',
    ({ file }) => `${quoted(file)}: a descriptor is being saved, or that was interrupted`,
    'A descriptor that is there is as it was. Once it is sure that nothing is running, compare the file with it, then move the file to other storage: it may be the newer of the two.',
  ),
  REPLACE_INTERRUPTED: noted(
    'warning',
    ({ file }) => `${quoted(file)}: an image is being replaced, or that was interrupted`,
    'It is a second name of the image, or of the copy that was to replace it. Once it is sure that nothing is running, see that another name is left (`ls -li`), then remove this one; if the copy is still there, do the replacement again.',
  ),
  MOUNT_POINT_LEFT: noted(
    'info',
    ({ file }) => `${quoted(file)} is where the tool mounts a disk for a moment`,
    'Remove the directory if it is empty and nothing is mounted there.',
  ),
  BACKUP_LEFT: noted(
    'info',
    ({ file }) => `${quoted(file)} is a copy that another product has made`,
    'No release of the tool reads it.',
  ),
  LOCK_FILE: noted(
    'info',
    ({ file }) => `${quoted(file)} is there: the tool has worked on the disk`,
    'Leave it: that it exists locks nothing, and to remove it in use breaks the lock.',
  ),
};
