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
  DELTA_OUTSIDE: { readonly guid: string; readonly file: string };
  DELTA_ORPHANED: { readonly file: string; readonly bytes: number };
  OPERATION_INTERRUPTED: { readonly file: string };
  CONVERSION_INTERRUPTED: { readonly file: string };
  RAW_CONVERSION_INTERRUPTED: { readonly file: string };
  CREATION_INTERRUPTED: { readonly file: string };
  SAVE_INTERRUPTED: { readonly file: string };
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
    'Find the file of each; what is written to one of them is written to the other.',
  ),
  DELTA_OUTSIDE: noted(
    'info',
    ({ guid, file }) => `${quoted(file)} of ${guid} is outside the directory of the descriptor`,
    'Take it along whenever the disk is copied or moved.',
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
    'Keep the file: it has the block table of the image from before the change, which the tool puts back when it next opens the image.',
  ),
  RAW_CONVERSION_INTERRUPTED: noted(
    'warning',
    ({ file }) => `${quoted(file)}: a conversion to raw is running or was interrupted`,
    'Remove the file once it is sure that nothing is running and that the disk is in order.',
  ),
  CREATION_INTERRUPTED: noted(
    'warning',
    ({ file }) => `${quoted(file)}: the creation of a disk is running or was interrupted`,
    'Remove the directory once it is sure that nothing is running.',
  ),
  SAVE_INTERRUPTED: noted(
    'warning',
    ({ file }) => `${quoted(file)}: a descriptor is being saved, or that was interrupted`,
    'The descriptor is as it was. Remove the file once it is sure that nothing is running.',
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
