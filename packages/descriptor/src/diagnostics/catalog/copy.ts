import { agreed, counted, type Entries, noted, quoted } from '../entry.ts';

/** What findings about backups and exports are about. */
export interface CopyData {
  BACKUP_OF_TOP: { readonly guid: string };
  BACKUP_INVALID: { readonly reason: string };
  BACKUP_DIFFERS: { readonly file: string; readonly reason: string };
  EXPORT_TO_TERMINAL: { readonly file: string };
  EXPORT_UNFINISHED: {
    readonly file: string;
    readonly done: number;
    readonly size: number;
    readonly stored: number;
  };
  EXPORT_PIPE_CLOSED: { readonly file: string };
  EXPORT_PART_FOREIGN: { readonly file: string; readonly reason: string };
  EXPORT_RESTARTED: { readonly file: string; readonly position: number };
  EXPORT_DIFFERS: { readonly file: string; readonly position: number };
  EXPORT_BLOCKED: { readonly file?: string; readonly done: number; readonly size: number };
  EXPORT_LOST: {
    readonly file: string;
    readonly bytes: number;
    readonly ranges: number;
    readonly lostFile?: string;
  };
}

/** The codes of findings about backups and exports. */
export const copyCodes: Entries<CopyData> = {
  BACKUP_OF_TOP: noted(
    'error',
    ({ guid }) => `${guid} is the top, which changes while a device runs on the disk`,
    'Take a snapshot and back that up; or ask for the top where it is sure that nothing runs.',
  ),
  BACKUP_INVALID: noted(
    'error',
    ({ reason }) => `the record of a backup cannot be used: ${reason}`,
    'Use the record as it was written when the backup was made.',
  ),
  BACKUP_DIFFERS: noted(
    'error',
    ({ file, reason }) => `${quoted(file)} is not what was backed up: ${reason}`,
    'Copy the file again. If a disk was mounted from the backup, its last file has changed and is not a backup any more.',
  ),
  EXPORT_TO_TERMINAL: noted(
    'error',
    ({ file }) => `${quoted(file)} is a terminal, which cannot show a disk`,
    'Write to a file with `> FILE`, or to a program with `| PROGRAM`.',
  ),
  EXPORT_UNFINISHED: noted(
    'info',
    ({ file, done, size, stored }) =>
      `${quoted(file)} takes ${counted(stored, 'byte')} of storage; it holds the first ${String(done)} of ${counted(size, 'byte')} of an export`,
    'Export the same snapshot to the same target again to resume. To give up instead, remove the file and its record, which has .json added to its name.',
  ),
  EXPORT_PIPE_CLOSED: noted(
    'error',
    ({ file }) => `${quoted(file)} was closed by what reads it before the end of the disk`,
    'See why the program that reads the pipe ended, then start both again: an export to a pipe starts at byte 0.',
  ),
  EXPORT_PART_FOREIGN: noted(
    'error',
    ({ file, reason }) => `${quoted(file)} is in the way of the unfinished file: ${reason}`,
    'See what it is with `ls -l`. If nothing needs it, remove it and export again; otherwise export to another name.',
  ),
  EXPORT_RESTARTED: noted(
    'info',
    ({ file, position }) =>
      `${quoted(file)} of an earlier export differs from the disk at byte ${String(position)}: the export started at byte 0`,
    'Find out what else writes to unfinished files. If nothing does, the storage of the target fails: look at the kernel log.',
  ),
  EXPORT_DIFFERS: noted(
    'error',
    ({ file, position }) =>
      `${quoted(file)} differs from the disk at byte ${String(position)}, as read back after the export`,
    'If the export went on with an unfinished file, repeat it: it starts at byte 0. If it differs again, another program writes to the target, or its storage or the memory fails: look at the kernel log.',
  ),
  EXPORT_BLOCKED: noted(
    'info',
    ({ file, done, size }) =>
      `the disk can be read up to byte ${String(done)} of ${String(size)}` +
      (file === undefined ? '' : `; ${quoted(file)} has that much`),
    'The same export stops there again. If there is a better copy of the image, export from that. To export what can still be read, add --salvage (`salvage` in the API): what is lost becomes zeros and is listed.',
  ),
  EXPORT_LOST: noted(
    'error',
    ({ file, bytes, ranges, lostFile }) =>
      `${counted(bytes, 'byte')} of the disk in ${counted(ranges, 'range')} ${agreed(bytes, 'is', 'are')} lost: ${quoted(file)} has zeros there` +
      (lostFile === undefined ? '' : `, as ${quoted(lostFile)} lists`),
    'Check the file systems on it before anything is used, and restore the files in the lost ranges from a backup.',
  ),
};
