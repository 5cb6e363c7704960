import { join } from 'node:path';

import { DescriptorError, diagnostic, type Diagnostic } from '@ploop/descriptor';

import { openStored, OTHER_HASH } from './open-stored.ts';
import type { Repository } from './repository.ts';
import type { StoredFile, StoredSet } from './sets.ts';
import { hashed } from './store-image.ts';

/** How a verification is watched and stopped. */
export interface VerifyOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Reads each image of some backups once, and gives what is wrong with it. */
export async function verifyBackups(
  { images }: Repository,
  sets: readonly StoredSet[],
  { signal, onProgress }: VerifyOptions,
): Promise<readonly Diagnostic[]> {
  const files = new Map(sets.flatMap((set) => set.files.map((file) => [file.sha256, file])));
  const total = [...files.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  const findings: Diagnostic[] = [];
  let done = 0;
  for (const file of files.values()) {
    const path = join(images, file.sha256);
    const onBytes = (bytes: number): void => onProgress?.((done += bytes), total);
    for (const finding of await faultsOf(path, file, { signal, onBytes })) findings.push(finding);
  }
  return findings;
}

async function faultsOf(
  path: string,
  file: StoredFile,
  options: Parameters<typeof hashed>[2],
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
