import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';

/** A fresh directory for the running test, its path free of symlinks; removed when the test ends. */
export async function temporaryDirectory(name = 'ploop-test-'): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), name)));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
