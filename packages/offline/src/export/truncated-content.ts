import { peekDisk } from '@ploop/contents';
import { type Diagnostic, DescriptorError } from '@ploop/descriptor';

import type { Snapshot } from '../snapshot/open-snapshot.ts';

/**
 * The findings about what ends behind the end of a disk, from a few reads. Empty if the content is encrypted, or cannot be
 * read: copying it says why.
 */
export async function truncatedContent({
  diagnostics: known,
  readInto,
  size,
}: Pick<Snapshot, 'diagnostics' | 'readInto' | 'size'>): Promise<readonly Diagnostic[]> {
  if (known.some(({ code }) => code === 'CONTENT_ENCRYPTED')) return [];
  try {
    const { diagnostics } = await peekDisk(readInto, size);
    return diagnostics.filter(({ code }) => code === 'FILE_SYSTEM_TRUNCATED');
  } catch (error) {
    if (error instanceof DescriptorError) return [];
    throw error;
  }
}
