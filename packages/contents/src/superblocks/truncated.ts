import { diagnostic, type Diagnostic, type Bytes } from '@ploop/descriptor';
import type { Content } from '@ploop/descriptor/internal';

/** Whether content at `start` states more bytes than the `length` that there are for it. */
export function truncatedFinding(
  { type, size }: Pick<Content, 'type' | 'size'>,
  start: Bytes,
  length: Bytes,
): readonly Diagnostic[] {
  if (size === undefined || size <= length) return [];
  return [diagnostic('FILE_SYSTEM_TRUNCATED', { type, start, size, length })];
}
