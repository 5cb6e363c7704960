import { identify } from '@ploop/contents';
import { type Bytes, type Diagnostic, DescriptorError } from '@ploop/descriptor';

import type { Snapshot } from '../snapshot/open-snapshot.ts';

/**
 * The findings about file systems and partitions that end beyond the end of an export, from a few reads. Empty if the content is encrypted, or cannot be
 * read: copying it says why.
 */
export async function truncatedContent(
  { diagnostics: known, readInto }: Pick<Snapshot, 'diagnostics' | 'readInto'>,
  size: Bytes,
): Promise<readonly Diagnostic[]> {
  if (known.some(({ code }) => code === 'CONTENT_ENCRYPTED')) return [];
  try {
    const { diagnostics } = await identify(async (target, position) => {
      const there = await readInto(target, position);
      const length = Math.max(there, Math.min(target.length, size - position));
      target.fill(0, there, length);
      return length;
    }, size);
    return diagnostics.filter(({ code }) => code === 'FILE_SYSTEM_TRUNCATED');
  } catch (error) {
    if (error instanceof DescriptorError) return [];
    throw error;
  }
}
