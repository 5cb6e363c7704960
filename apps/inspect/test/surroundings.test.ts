import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

const BIN = join(import.meta.dirname, '..', 'bin', 'ploop-inspect.js');

async function disk(): Promise<string> {
  const directory = await temporaryDirectory();
  await writeFile(
    join(directory, 'DiskDescriptor.xml'),
    descriptorXml([{}], { size: '256', blockSize: '64' }),
  );
  await writeFile(join(directory, 'd0'), imageBytes({ clusters: 4 }, [1]));
  return directory;
}

const run = (cwd: string, command: string) =>
  spawnSync('bash', ['-c', command, process.execPath, BIN], { cwd, encoding: 'utf8' });

test.runIf(existsSync('/dev/full'))('an answer that cannot be written is an error', async () => {
  const directory = await disk();
  for (const command of ['check .', 'check --json .', 'show .', 'export . --json --output y']) {
    const { status, stderr } = run(directory, `"$0" "$1" ${command} > /dev/full`);
    expect({ command, status }).toEqual({ command, status: 2 });
    expect(stderr).toMatch(/^error: cannot write to stdout: ENOSPC.*$/m);
  }
  const { status, stderr } = run(directory, '"$0" "$1" export . --output x > /dev/full');
  expect(status).toBe(0);
  expect(stderr).toContain('cannot write to stdout');
  expect(await readFile(join(directory, 'x'))).toHaveLength(4 * 32_768);
  const full = run(directory, '"$0" "$1" export . --output - > /dev/full');
  expect(full.status).toBe(2);
  expect(full.stderr).toContain('FILE_UNWRITABLE');
  expect(full.stderr).not.toContain('cannot write to stdout');
});

// Node 20 opens all modules at once and needs more than these; later versions open them one by one.
test.each([22, 26, 34, 64, 130, 140])(
  'with %i open files it is an answer, or an error',
  async (limit) => {
    const call = `ulimit -n ${String(limit)}; "$0" "$1" check .`;
    const { status, stdout, stderr } = run(await disk(), call);
    if (status !== 2) expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    else {
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^error: .*(?:too many open files|Cannot find package).*\n {2}.*\n$/);
      if (stderr.includes('cannot start')) expect(stderr).toContain('`ulimit -n 256`');
    }
  },
);
