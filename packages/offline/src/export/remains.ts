import { type DiagnosticCode, diagnostic, DescriptorError } from '@ploop/descriptor';

import type { Remains } from './sink.ts';

/** What a disk is damaged by: to export it again ends at the same place. */
export const DAMAGE: ReadonlySet<DiagnosticCode> = new Set([
  'CLUSTER_BEFORE_DATA',
  'CLUSTER_BEYOND_END',
  'CLUSTER_MISALIGNED',
  'CLUSTER_SHARED',
  'FILE_UNREADABLE',
  'STORAGE_IMAGE_SIZE',
]);

/**
 * Adds to the error of an export how far it came, and how to go on.
 *
 * @param remains - What is kept of an unfinished file.
 * @param done - Everything before this byte is written.
 */
export function withRemains(
  error: DescriptorError,
  remains: Remains | undefined,
  done: number,
  size: number,
): DescriptorError {
  const found = DAMAGE.has(error.code)
    ? diagnostic('EXPORT_BLOCKED', { ...(remains && { file: remains.file }), done, size })
    : remains && diagnostic('EXPORT_UNFINISHED', { ...remains, size });
  const [first, ...rest] = error.diagnostics;
  if (found === undefined || first === undefined) return error;
  return new DescriptorError([first, ...rest, found], { cause: error.cause });
}
