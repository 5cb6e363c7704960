import { join } from 'node:path';

import { DescriptorError, diagnostic, type Diagnostic } from '@ploop/descriptor';

import { openStored, OTHER_HASH } from './open-stored.ts';
import type { Repository } from './repository.ts';
import type { StoredFile, StoredSet } from './sets.ts';
import { hashed } from './store-image.ts';
import { readingEach, type BytesRead, type Watch } from './watch.ts';

/** Reads each image of some backups once, and gives what is wrong with it. */
export async function verifyBackups(
  { images }: Repository,
  sets: readonly StoredSet[],
  watch: Watch,
): Promise<readonly Diagnostic[]> {
  const files = new Map(sets.flatMap((set) => set.files.map((file) => [file.sha256, file])));
  const each = readingEach(files.values(), watch);
  const findings: Diagnostic[] = [];
  for (const file of files.values()) {
    const path = join(images, file.sha256);
    for (const finding of await faultsOf(path, file, each)) findings.push(finding);
  }
  return findings;
}

async function faultsOf(
  path: string,
  file: StoredFile,
  options: BytesRead,
): Promise<readonly Diagnostic[]> {
  try {
    const handle = await openStored(path, file);
    try {
      if ((await hashed(handle, undefined, options)) === file.sha256) return [];
      return [diagnostic('BACKUP_DIFFERS', { file: path, reason: OTHER_HASH })];
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof DescriptorError) return error.diagnostics;
    throw error;
  }
}
