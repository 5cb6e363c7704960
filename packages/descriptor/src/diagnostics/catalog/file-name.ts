import { counted, type Entries, noted, quoted } from '../entry.ts';

/** What findings about the file names in a descriptor are about. */
export interface FileNameData {
  FILE_AMBIGUOUS: { readonly file: string };
  FILE_TOO_LONG: { readonly file: string; readonly bytes: number };
  FILE_ABSOLUTE: { readonly file: string };
  FILE_OUTSIDE: { readonly file: string };
}

/** The codes of findings about the file names in a descriptor. */
export const fileNameCodes: Entries<FileNameData> = {
  FILE_AMBIGUOUS: noted(
    'warning',
    ({ file }) =>
      `${quoted(file)} has a .. that is not at the start: releases 7 and later look elsewhere`,
    'In a copy of the descriptor, write the path without it.',
  ),
  FILE_TOO_LONG: noted(
    'error',
    ({ file, bytes }) =>
      `File has ${counted(bytes, 'byte')}, of which the tool reads fewer: ${quoted(file.slice(0, 40))}`,
    'Copy the descriptor, then give the file a shorter name and write that.',
  ),
  FILE_ABSOLUTE: noted(
    'info',
    ({ file }) => `${quoted(file)} is absolute`,
    'It stays behind when the disk is moved: in a copy of the descriptor, write it relative.',
  ),
  FILE_OUTSIDE: noted(
    'info',
    ({ file }) => `${quoted(file)} is outside the directory of the descriptor`,
    'It stays behind when the directory is copied; take it along.',
  ),
};
