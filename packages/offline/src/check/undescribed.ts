import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { diagnostic, type Diagnostic, DescriptorError } from '@ploop/descriptor';
import { runAsync, refuseTooManyOpen } from '@ploop/descriptor/internal';
import { DESCRIPTOR_NAME } from '@ploop/descriptor/node';
import { isGone, directoryGiven } from '@ploop/descriptor/node/internal';

import { leftoverOf, type LeftoverCode } from '../beside/leftovers.ts';

/**
 * The same error; if there is no descriptor in a directory, with what interrupted operations have left there: one that was
 * to make a descriptor has left none.
 */
export async function withLeftovers(path: string, error: unknown): Promise<unknown> {
  if (!(error instanceof DescriptorError) || !isGone(error.cause)) return error;
  const [first, ...rest] = error.diagnostics;
  const directory = await runAsync(directoryGiven(path));
  const left = await leftoversIn(directory, new Set());
  if (first === undefined || left.length === 0) return error;
  return new DescriptorError([first, ...rest, ...left], { cause: error.cause });
}

/**
 * What interrupted operations have left in a directory without a descriptor.
 *
 * @param images - Names of the images there.
 */
export async function leftoversIn(
  directory: string,
  images: ReadonlySet<string>,
): Promise<readonly Diagnostic[]> {
  const known = { descriptor: DESCRIPTOR_NAME, images };
  const entries = await readdir(directory, { withFileTypes: true }).catch((cause: unknown) => {
    refuseTooManyOpen(directory, cause);
    return [];
  });
  return entries.flatMap((entry) => {
    const code = leftoverOf(entry.isDirectory() ? 'directory' : 'file', entry.name, known);
    return code === undefined || code === 'LOCK_FILE'
      ? []
      : [withOperation(code, join(directory, entry.name))];
  });
}

/** Without a descriptor, an operation was to make the first one. */
function withOperation(code: LeftoverCode, file: string): Diagnostic {
  if (code !== 'OPERATION_INTERRUPTED') return diagnostic(code, { file });
  const operations = ['create', 'restore-descriptor'] as const;
  return diagnostic(code, { file, operations, evidence: 'there is no descriptor' });
}
