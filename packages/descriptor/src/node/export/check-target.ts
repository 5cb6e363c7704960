import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { isatty } from 'node:tty';

import { diagnostic } from '../../diagnostics/diagnostic.ts';
import { DescriptorError } from '../../errors.ts';

/** Endings of names that programs take for another format than a raw disk. */
const OTHER_FORMATS: ReadonlySet<string> = new Set([
  '.qcow',
  '.qcow2',
  '.qed',
  '.vmdk',
  '.vhd',
  '.vhdx',
  '.avhd',
  '.avhdx',
  '.vpc',
  '.vdi',
  '.hdd',
  '.hds',
  '.ploop',
  '.parallels',
  '.dmg',
  '.ova',
]);

/**
 * Refuses to write a raw disk under a name that programs take for another format, unless the format was named.
 *
 * @param file - As it was asked for, or what a symlink of that name leads to.
 * @throws DescriptorError `OPTION_INVALID`
 */
export function requireRawName(file: string, format: string | undefined): void {
  const ending = extname(file).toLowerCase();
  if (format !== undefined || !OTHER_FORMATS.has(ending)) return;
  const expected = `a name that does not end in ${ending}, as a raw disk is written; or the format raw, if it is meant`;
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
