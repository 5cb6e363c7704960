import { chmod, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { temporaryDirectory, withoutFiles } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { hintFor } from '../errors/hints.ts';
import { localExec } from './exec.ts';

const run = (file: string, ...argv: readonly string[]) => localExec({ file, argv, env: {} });

test('what cannot be started says why, and never throws', async () => {
  const path = join(await temporaryDirectory(), 'tool');
  await writeFile(path, '#!/bin/sh\n', { mode: 0o644 });
  expect(await run(path)).toMatchObject({ spawnError: { code: 'EACCES' } });
  await chmod(path, 0o755);
  const writer = await open(path, 'r+');
  expect(await run(path)).toMatchObject({ spawnError: { code: 'ETXTBSY' } });
  await writer.close();
  expect(await run(`${path}-no`)).toMatchObject({ spawnError: { code: 'ENOENT' } });
  expect(await run(path, 'x'.repeat(200_000))).toMatchObject({ spawnError: { code: 'E2BIG' } });
  expect(await run(path, 'a\0b')).toMatchObject({ spawnError: expect.any(TypeError) as unknown });
});

test('what cannot be started without file descriptors says why, and this process lives on', async () => {
  const outcome = await withoutFiles(() => run('/bin/true'));
  expect(outcome).toMatchObject({ spawnError: { code: 'EMFILE' } });
  expect(hintFor(outcome, 'info')).toContain('ulimit -n');
  expect(await run('/bin/true')).toMatchObject({ exitCode: 0 });
});

test('a program that closes its output and lives on is waited for', async () => {
  const script = 'exec >&- 2>&-; sleep 0.2; exit 7';
  expect(await run('/bin/sh', '-c', script)).toMatchObject({ exitCode: 7 });
});
