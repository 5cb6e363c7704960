import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { isatty } from 'node:tty';

import { diagnostic } from '../../diagnostics/diagnostic.ts';
import { DescriptorError } from '../../errors.ts';

/** What an export can write. */
const FORMATS: readonly string[] = ['raw'];

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
 * Refuses a format that an export cannot write, and an empty path.
 *
 * @throws DescriptorError `OPTION_INVALID`
 */
export function requireExport(target: unknown, format: string | undefined): void {
  if (target === '') throw invalid('target', target, 'the path of a file or a device, or a stream');
  if (format !== undefined && !FORMATS.includes(format))
    throw invalid('format', format, `one of ${FORMATS.join(', ')}`);
}

/**
 * Refuses to write a raw disk under a name that programs take for another format, unless the format was named.
 *
 * @param file - As it was asked for, or what a symlink of that name leads to.
 * @throws DescriptorError `OPTION_INVALID`
 */
export function requireRawName(file: string, format: string | undefined): void {
  const ending = extname(file).toLowerCase();
  if (format === undefined && OTHER_FORMATS.has(ending))
    throw invalid(
      'target',
      file,
      `a name that does not end in ${ending}, as a raw disk is written; or the format raw, if it is meant`,
    );
}

function invalid(option: string, value: string, expected: string): DescriptorError {
  const finding = diagnostic('OPTION_INVALID', { option, value: JSON.stringify(value), expected });
  return new DescriptorError([finding]);
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
