import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import {
  type DiagnosticCode,
  type Diagnostic,
  resolveFile,
  bytes as toByteCount,
  type Bytes,
} from '@ploop/descriptor';
import { runAsync, refuseTooManyOpen } from '@ploop/descriptor/internal';
import type { Confinement, LoadedDescriptor } from '@ploop/descriptor/node';
import { leadsOutside, linkStatus } from '@ploop/descriptor/node/internal';

/** Something that takes space without being needed, or whose use has to be found out. */
export interface LeftoverSpace {
  /** The finding that says what it is. */
  readonly code: DiagnosticCode;
  /** Absolute path. */
  readonly file: string;
  /** Of a directory, the files in it. */
  readonly bytes: Bytes;
}

const LEFT = /^(?:DELTA_ORPHANED|LOCK_FILE|\w+_INTERRUPTED|\w+_LEFT)$/;

/** What the findings about a directory call an orphan or a leftover, and the images of temporary shots. */
export async function leftoverSpace(
  { directory, graph }: LoadedDescriptor,
  diagnostics: readonly Diagnostic[],
  confinement: Confinement,
): Promise<readonly LeftoverSpace[]> {
  const leftovers: LeftoverSpace[] = [];
  for (const { code, data } of diagnostics) {
    let file: string | undefined;
    if (LEFT.test(code) && 'file' in data) file = data.file;
    if (code === 'TEMPORARY_STUCK' || code === 'TEMPORARY_SNAPSHOT') {
      const image = graph?.node(data.guid)?.image;
      file = image && resolveFile(directory, image.file);
      if (file !== undefined && (await runAsync(leadsOutside(file, confinement)))) continue;
    }
    if (file !== undefined) leftovers.push({ code, file, bytes: toByteCount(await sizeAt(file)) });
  }
  return leftovers;
}

async function sizeAt(path: string): Promise<number> {
  try {
    const stats = await runAsync(linkStatus(path));
    if (!stats.isDirectory()) return Number(stats.size);
    const entries: readonly Dirent[] = await readdir(path, { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const sizes = await Promise.all(files.map(({ name }) => sizeAt(join(path, name))));
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch (cause) {
    refuseTooManyOpen(path, cause);
    // It is gone, or nobody may look into it: it takes what is unknown.
    return 0;
  }
}
