import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { isatty } from 'node:tty';

import { diagnostic, DescriptorError } from '@ploop/descriptor';

/** Endings of names that promise something else than a raw disk. */
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
 * Refuses to write a raw disk under a name that promises another format or a compressed file, unless the format was named.
 *
 * @param file - As it was asked for, or what a symlink of that name leads to.
 * @throws DescriptorError `OPTION_INVALID`
 */
export function requireRawName(file: string, format: string | undefined): void {
  const ending = endingOf(file);
  if (format !== undefined || !OTHER_ENDINGS.has(ending)) return;
  const expected = `a name that does not end in ${ending}, because the export is a raw disk; to keep the name, add --format raw (API: format: 'raw')`;
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
