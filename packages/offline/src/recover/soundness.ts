import { openFileSystem } from '@ploop/contents';
import { DescriptorError } from '@ploop/descriptor';

import { chainOf } from './clock.ts';
import type { Lineage } from './likeness-of-content.ts';

/** Entries that are looked at, at most. */
const MOST_ENTRIES = 5000;
/** What an unreadable file system counts. */
const UNREADABLE = 1000;

/** How much is wrong with the file systems of a disk: 0 for sound ones. */
export async function faultsOf(lineage: Lineage, starts: readonly number[]): Promise<number> {
  let faults = 0;
  for (const start of starts)
    try {
      const chain = await chainOf(lineage);
      const readAt = (target: Uint8Array, at: number) => chain.readInto(target, start + at);
      const files = await openFileSystem(readAt, { size: chain.size - start });
      let count = 0;
      for await (const entry of files.walk('/')) {
        count += 1;
        if (entry.stat?.type === 'file') await readOne(files, entry.path);
        if (count === MOST_ENTRIES) break;
      }
      faults += files.diagnostics().filter(({ severity }) => severity !== 'info').length;
    } catch (error) {
      if (!(error instanceof DescriptorError)) throw error;
      faults += UNREADABLE;
    }
  return faults;
}

/** Finds out whether the tree of a file can be read; its data has no checksum. */
async function readOne(
  files: Awaited<ReturnType<typeof openFileSystem>>,
  path: string,
): Promise<void> {
  try {
    await files.open(path);
  } catch (error) {
    if (!(error instanceof DescriptorError)) throw error;
  }
}
