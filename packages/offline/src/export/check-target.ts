import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { isatty } from 'node:tty';

import { diagnostic, DescriptorError } from '@ploop/descriptor';

import { EXPORT_FORMATS, type ExportFormatName } from './formats/index.ts';

/** Endings of names that promise something else than a raw disk, be it written here or not. */
const OTHER_ENDINGS: ReadonlySet<string> = new Set(
  [
    // Disk images.
    ...['qcow', 'qcow2', 'qed', 'vmdk', 'vhd', 'vhdx', 'avhd', 'avhdx', 'vpc', 'vdi', 'dmg'],
    ...['hdd', 'hds', 'ploop', 'parallels'],
    // Virtual machines and archives.
    ...['ova', 'ovf', 'vma', 'xva', 'tar', 'tgz', 'tbz2', 'txz', 'zip', '7z', 'rar'],
    // Compressed files.
    ...['gz', 'bz2', 'xz', 'lzma', 'lzo', 'lz4', 'zst', 'zstd'],
  ].map((ending) => `.${ending}`),
);

/** Systems and people drop dots and blanks at the end of a name. */
function endingOf(file: string): string {
  let end = file.length;
  while (end > 0 && /[.\s]/.test(file.charAt(end - 1))) end -= 1;
  return extname(file.slice(0, end)).toLowerCase();
}

/**
 * Refuses a name that promises something else than what is written to it: another format or a compressed file. A raw
 * disk may have any name if `raw` was asked for.
 *
 * @param file - As it was asked for, or what a symlink of that name leads to.
 * @param format - As it was asked for.
 * @throws DescriptorError `OPTION_INVALID`
 */
export function requireName(file: string, format: ExportFormatName | undefined): void {
  const ending = endingOf(file);
  const promised = EXPORT_FORMATS.find(({ endings }) => endings.some((one) => one === ending));
  const isPlain = promised === undefined && !OTHER_ENDINGS.has(ending);
  if (format === 'raw' || isPlain || promised?.name === (format ?? 'raw')) return;
  const written = format === undefined ? 'a raw disk' : `a ${format} image`;
  const ways = [
    ...(promised === undefined || format !== undefined
      ? []
      : [`to write a ${promised.name} image, add --format ${promised.name}`]),
    ...(format === undefined ? ["to keep the name, add --format raw (API: format: 'raw')"] : []),
  ];
  const expected = [
    `a name that does not end in ${ending}, because the export is ${written}`,
    ...ways,
  ].join('; ');
  const data = { option: 'target', value: JSON.stringify(file), expected };
  throw new DescriptorError([diagnostic('OPTION_INVALID', data)]);
}

/**
 * Refuses a character device that is a terminal.
 *
 * @throws DescriptorError `EXPORT_TO_TERMINAL`
 */
export async function refuseTerminal(path: string): Promise<void> {
  // Opened without waiting for a line that is not connected, and without becoming the terminal of this process.
  const handle = await open(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  const isTerminal = isatty(handle.fd);
  await handle.close();
  if (isTerminal) throw toTerminal(path);
}

/** The error of a target that is a terminal. */
export function toTerminal(file: string): DescriptorError {
  return new DescriptorError([diagnostic('EXPORT_TO_TERMINAL', { file })]);
}
