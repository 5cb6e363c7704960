import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Bytes } from '../units.ts';
import type { Content } from './content.ts';

/** Whether content at `start` states more bytes than the `length` that there are for it. */
export function truncatedFinding(
  { type, size }: Pick<Content, 'type' | 'size'>,
  start: Bytes,
  length: Bytes,
): readonly Diagnostic[] {
  if (size === undefined || size <= length) return [];
  return [diagnostic('FILE_SYSTEM_TRUNCATED', { type, start, size, length })];
}
