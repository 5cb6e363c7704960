import { type Entries, noted, quoted, refused } from '../entry.ts';

/** What findings about reading and saving are about. */
export interface AccessData {
  FILE_UNREADABLE: { readonly file: string; readonly reason: string };
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

/** The codes of findings about reading and saving. */
export const accessCodes: Entries<AccessData> = {
  FILE_UNREADABLE: refused(
    ({ file, reason }) => `cannot read ${quoted(file)}: ${reason}`,
    'Check the path and the permissions; give the descriptor or the directory that holds it.',
  ),
  TOO_MANY_OPEN_FILES: noted(
    'error',
    ({ file, limit }) =>
      `cannot open ${quoted(file)}: the ${limit} has too many files open (nothing is known of this file)`,
    'Raise the limit (`ulimit -n 4096`, `LimitNOFILE=` of a systemd unit, or `sysctl fs.file-max` for the whole system), or close files, then repeat the call.',
  ),
  FINDINGS_OMITTED: noted(
    'info',
    ({ count }) => `${String(count)} more findings are left out`,
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
    'A file of that name is unchanged; a device or a pipe may have a part of the data. Check the reason, the free space and the permissions of the directory.',
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
    ({ bytes, limit }) => `${String(bytes)} bytes are more than the limit of ${String(limit)}`,
    'A descriptor takes about 400 bytes a snapshot. Raise maxBytes if this one is genuine.',
  ),
};
