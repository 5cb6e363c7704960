import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { PassThrough } from 'node:stream';

import { temporaryDirectory } from '@ploop/test-kit';
import { hasLibnbd, nbdinfo } from '@ploop/test-kit/nbd';
import { expect, test } from 'vitest';

import { main } from '../src/main.ts';
import { writeTestDisk } from './test-disk.ts';

/** The built program. */
const PROGRAM = join(import.meta.dirname, '..', 'dist', 'bin.js');

async function testDisk(): Promise<string> {
  return writeTestDisk(join(await temporaryDirectory(), 'root.hdd'));
}

test('needs a place to listen, and a snapshot', async () => {
  const disk = await testDisk();
  for (const [argv, said] of [
    [[], "one of '--socket' and '--port' is needed"],
    [['--socket', 's', '--port', '1'], "one of '--socket' and '--port' is needed"],
    [['--socket', 's', '--host', 'x'], "'--host' needs '--port'"],
    [['--port', '70000'], 'from 0 to 65535'],
    [['--port', '0', '--snapshot', 'nope'], 'SHOT_UNKNOWN'],
    [['--port', '0', '--partition', '9'], 'PARTITION_UNKNOWN'],
    [['--port', '0', '--overlay', join(disk, 'd0')], 'FILE_UNWRITABLE'],
    [['--socket', join(disk, 'none', 's')], 'FILE_UNWRITABLE'],
  ] as const) {
    const { stdout, stderr, exitCode } = await main(['nbd', disk, ...argv]);
    expect([stdout, exitCode]).toEqual(['', 2]);
    expect(stderr).toContain(said);
  }
});

test('serves until it is stopped', async () => {
  const disk = await testDisk();
  const socket = join(await temporaryDirectory(), 's');
  const stop = new AbortController();
  const stdout = new PassThrough();
  const surroundings = { stdout, stderr: new PassThrough(), stopSignal: () => stop.signal };
  const ended = main(['nbd', disk, '--socket', socket, '--overlay', 'memory'], surroundings);
  const [said] = (await once(stdout, 'data')) as [Buffer];
  const [first, ...others] = said.toString().trimEnd().split('\n');
  expect(first).toBe(`nbd+unix:///?socket=${socket}`);
  expect(others.every((line) => line.includes('%7D?socket='))).toBe(true);
  const client = connect(socket);
  expect(String((await once(client, 'data'))[0])).toContain('NBDMAGIC');
  stop.abort();
  expect((await ended).exitCode).toBe(0);
  await expect(stat(socket)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('what is found out while it runs is said at once', async () => {
  const disk = await testDisk();
  const stop = new AbortController();
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const surroundings = { stdout, stderr, stopSignal: () => stop.signal };
  const ended = main(['nbd', disk, '--port', '0'], surroundings);
  const [said] = (await once(stdout, 'data')) as [Buffer];
  const [uri = '', other = ''] = said.toString().split('\n');
  await rm(join(disk, 'd0'));
  const port = Number(/:(\d+)\//.exec(uri)?.[1]);
  const name = decodeURIComponent(other.slice(uri.length));
  const length = Buffer.from([0, 0, 0, name.length]);
  const client = connect(port, '127.0.0.1');
  client.write(Buffer.concat([Buffer.from([0, 0, 0, 3]), Buffer.from('IHAVEOPT')]));
  client.write(Buffer.concat([Buffer.from([0, 0, 0, 1]), length, Buffer.from(name)]));
  client.resume();
  expect(String((await once(stderr, 'data'))[0])).toContain('MISSING');
  stop.abort();
  expect((await ended).exitCode).toBe(1);
});

test.runIf(hasLibnbd && existsSync(PROGRAM))('SIGTERM and SIGINT end the program', async () => {
  const disk = await testDisk();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const socket = join(await temporaryDirectory(), 's');
    const program = spawn(process.execPath, [PROGRAM, 'nbd', disk, '--socket', socket]);
    const said = text(program.stderr);
    await once(program.stdout, 'data');
    expect(await nbdinfo('--size', `nbd+unix:///?socket=${socket}`)).toMatch(/^\d+\n$/);
    program.kill(signal);
    expect(await once(program, 'exit')).toEqual([0, null]);
    expect(await said).toBe('');
    expect(existsSync(socket)).toBe(false);
  }
});
