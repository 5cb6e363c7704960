import { type Entries, noted, quoted } from '../entry.ts';

/** What findings about the directory of a disk are about. */
export interface DirectoryData {
  DELTA_MISSING: { readonly guid: string; readonly file: string };
  SPARE_DELTA_MISSING: { readonly guid: string; readonly file: string };
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
  };
  DELTA_ELSEWHERE: { readonly guid: string; readonly file: string };
  COPY_LEADS_BACK: { readonly guid: string; readonly file: string; readonly here: string };
  LINK_OUTSIDE: { readonly file: string; readonly within: string };
  DELTA_ORPHANED: { readonly file: string; readonly bytes: number };
  OPERATION_INTERRUPTED: { readonly file: string };
  CONVERSION_INTERRUPTED: { readonly file: string };
  RAW_CONVERSION_INTERRUPTED: { readonly file: string };
  CREATION_INTERRUPTED: { readonly file: string };
  SAVE_INTERRUPTED: { readonly file: string };
  REPLACE_INTERRUPTED: { readonly file: string };
  MOUNT_POINT_LEFT: { readonly file: string };
  BACKUP_LEFT: { readonly file: string };
  LOCK_FILE: { readonly file: string };
}

/** The codes of findings about the directory of a disk. */
export const directoryCodes: Entries<DirectoryData> = {
  DELTA_MISSING: noted(
    'error',
    ({ guid, file }) => `${quoted(file)} of ${guid} is missing, and the top needs it`,
    'Bring the file back: without it the disk cannot be read. Its name is relative to the descriptor.',
  ),
  SPARE_DELTA_MISSING: noted(
    'warning',
    ({ guid, file }) => `${quoted(file)} of ${guid} is missing; the top does not need it`,
    'Bring the file back: the snapshots that need it cannot be read. Deleting them gives up what is left of their data.',
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
      `${quoted(file)} of ${guid} has ${String(links)} names${
        others.length === 0 ? '' : `, among them ${others.slice(0, 3).map(quoted).join(', ')}`
      }: what is written to it changes all of them`,
    'Do not merge into the image, grow or convert it while another disk uses a further name. Replace it by a copy of its own first: `cp -p --sparse=never FILE FILE.copy && mv FILE.copy FILE`, with the disk unmounted.',
  ),
  DELTA_OUTSIDE: noted(
    'error',
    ({ guid, file, within, here }) =>
      `${quoted(file)} of ${guid} is outside ${quoted(within)} and was not opened${
        here === undefined ? '' : `; ${quoted(here)} has the same name: this looks like a copy`
      }`,
    'Look at where the file leads before anything else. If the disk is a copy that still leads to the original, write the names in its descriptor relative. If the disk may use the file, pass a directory that holds both as `confine`, or as --confine of ploop-inspect.',
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
    'Look at where the symlink leads. If it may be followed, pass a directory that holds both as `confine`, or as --confine of ploop-inspect. If not, remove the symlink: the tool would write to what is behind it.',
  ),
  DELTA_ORPHANED: noted(
    'warning',
    ({ file, bytes }) => `no image is in ${quoted(file)}, a delta of ${String(bytes)} bytes`,
    'Leave it until it is sure that no device runs on the disk and the descriptor is not an old one; then move it aside rather than remove it.',
  ),
  OPERATION_INTERRUPTED: noted(
    'warning',
    ({ file }) =>
      `${quoted(file)}: an operation is running or was interrupted; the descriptor is the state before it`,
    'Keep a copy: the next operation replaces it, and it is the only record of what was under way. If it was a merge, the state of the parent may be lost already; the child and what is above it are not.',
  ),
  CONVERSION_INTERRUPTED: noted(
    'warning',
    ({ file }) => `${quoted(file)}: a change of the format version is running or was interrupted`,
    'Keep the file: it has the start of the image from before the change. Once it is sure that nothing is running, look whether `check` reports the image as in use, as being converted or as damaged. If it does, copy both, put the start back with `dd if=IMAGE.idx of=IMAGE conv=notrunc`, and close the image with `ploop check -d IMAGE`. Otherwise, remove the file.',
  ),
  RAW_CONVERSION_INTERRUPTED: noted(
    'warning',
    ({ file }) => `${quoted(file)}: a conversion to raw is running or was interrupted`,
    'Remove the file once it is sure that nothing is running and that the disk is in order.',
  ),
  CREATION_INTERRUPTED: noted(
    'warning',
    ({ file }) => `${quoted(file)}: the creation of a disk is running or was interrupted`,
    'Once it is sure that nothing is running, remove the directory. If no descriptor is beside it, first remove the images beside it that are hard links of those in it. Then create the disk again.',
  ),
  SAVE_INTERRUPTED: noted(
    'warning',
    ({ file }) => `${quoted(file)}: a descriptor is being saved, or that was interrupted`,
    'The descriptor is as it was. Remove the file once it is sure that nothing is running.',
  ),
  REPLACE_INTERRUPTED: noted(
    'warning',
    ({ file }) => `${quoted(file)}: an image is being replaced, or that was interrupted`,
    'It is a second name of the image, or of the copy that was to replace it. Once it is sure that nothing is running, remove it; if the copy is still there, do the replacement again.',
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
