import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { systemPath } from '@ploop/test-kit/programs';

const execute = promisify(execFile);

/** Runs the tool, quietly; `preload` lets it make images of version 2. */
export async function ploop(preload: string, ...argv: readonly string[]): Promise<void> {
  const env = {
    ...process.env,
    PATH: systemPath,
    LC_ALL: 'C',
    PLOOP_PAD: 'x'.repeat(8192),
    LD_PRELOAD: preload,
  };
  await execute('ploop', ['-v-1', ...argv], { env });
}
