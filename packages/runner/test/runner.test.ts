import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { NIL_GUID, TOP_GUID } from '@ploop/descriptor';
import { temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import {
  createRunner,
  isPloopError,
  SignalError,
  snapshotList,
  type RunEvent,
  type Runner,
} from '../src/index.ts';

const descriptor = '/p/DiskDescriptor.xml';
const LISTING = `${TOP_GUID} ${NIL_GUID} * /p/root.hdd\n`;
const program = (name: string): string => join(import.meta.dirname, 'programs', `${name}.mjs`);
const playing = (play: Record<string, string>): Runner =>
  createRunner({
    binary: program('play'),
    env: Object.fromEntries(Object.entries(play).map(([name, value]) => [`PLAY_${name}`, value])),
  });

test('the tool gets the verbosity, the subcommand, then its arguments, and the environment it needs', async () => {
  const LOG = join(await temporaryDirectory(), 'log');
  await playing({ LOG, STDOUT: LISTING }).snapshotList({ descriptor });
  const { argv, env } = JSON.parse(await readFile(LOG, 'utf8')) as {
    argv: string[];
    env: Record<string, string>;
  };
  expect(argv).toEqual([
    '-v-1',
    'snapshot-list',
    '-H',
    '-o',
    'uuid,parent_uuid,current,fname',
    descriptor,
  ]);
  expect(env).toMatchObject({ LC_ALL: 'C', PLOOP_PAD: expect.any(String) as unknown });
});

test('exit code 0 is success, whatever stands on stderr', async () => {
  const runner = playing({ STDOUT: LISTING, STDERR: 'Error in f (g.c:1): no module\n' });
  expect(await runner.run(snapshotList, { descriptor })).toHaveLength(1);
});

test('another exit code is an error that tells everything', async () => {
  const stderr = "Error in ploop_read_dd (xml.c:403): Can't parse /p/x.xml\nsecond\n";
  const runner = playing({ EXIT: '23', STDERR: stderr, STDOUT: 'some' });
  await expect(runner.snapshot({ descriptor })).rejects.toMatchObject({
    name: 'ExitError',
    code: 'EXIT',
    exitCode: 23,
    exitName: 'LOCK',
    signal: undefined,
    argv: [program('play'), '-v0', 'snapshot', descriptor],
    stdout: 'some',
    stderr,
    toolErrors: [{ func: 'ploop_read_dd', file: 'xml.c', line: 403, text: "Can't parse /p/x.xml" }],
    hint: expect.stringContaining('descriptor is broken') as unknown,
    message:
      "ploop snapshot exited with 23 LOCK, the disk is locked, or its descriptor is broken or out of reach: Can't parse /p/x.xml",
  });
});

test('an exit code beyond the table has no name', async () => {
  await expect(playing({ EXIT: '255' }).check({ descriptor })).rejects.toMatchObject({
    exitCode: 255,
    exitName: undefined,
  });
});

test('death by a signal is an error of its own', async () => {
  const failure = playing({ SIGNAL: 'SIGSEGV', WAIT: '5000' }).check({ descriptor });
  await expect(failure).rejects.toBeInstanceOf(SignalError);
  await expect(failure).rejects.toMatchObject({ code: 'SIGNAL', signal: 'SIGSEGV' });
});

test('output that is none of any release is an error with the text', async () => {
  await expect(playing({ STDOUT: 'hello\n' }).info({ descriptor })).rejects.toMatchObject({
    code: 'OUTPUT',
    stdout: 'hello\n',
  });
});

test('a missing tool is told, with the command that installs it', async () => {
  const runner = createRunner({ binary: 'no-such-ploop' });
  await expect(runner.snapshotList({ descriptor })).rejects.toMatchObject({
    code: 'SPAWN',
    hint: expect.stringContaining('apt-get install ploop') as unknown,
    cause: { code: 'ENOENT' },
  });
});

test('what is refused starts nothing', async () => {
  const events: RunEvent[] = [];
  const runner = createRunner({ binary: 'no-such-ploop', onRun: (event) => events.push(event) });
  const failure = runner.snapshotList({ descriptor: 'relative.xml' });
  await expect(failure).rejects.toMatchObject({ code: 'REFUSED', reason: 'PATH_INVALID' });
  await failure.catch((error: unknown) => {
    expect(isPloopError(error)).toBe(true);
  });
  expect(events).toEqual([]);
});

test('cancelling sends SIGTERM and waits for the end', async () => {
  const cancelled = AbortSignal.timeout(300);
  const started = performance.now();
  await expect(
    playing({ WAIT: '60000', TRAP: '1' }).check({ descriptor }, { signal: cancelled }),
  ).rejects.toMatchObject({ code: 'ABORTED' });
  expect(performance.now() - started).toBeGreaterThan(250);
});

test('what finishes in spite of being cancelled has succeeded', async () => {
  const signal = AbortSignal.timeout(300);
  const runner = playing({ WAIT: '60000', TRAP: '0' });
  await expect(runner.check({ descriptor }, { signal })).resolves.toEqual({ report: [] });
});

test('what is cancelled before the start is not started', async () => {
  const LOG = join(await temporaryDirectory(), 'log');
  const signal = AbortSignal.abort();
  await expect(playing({ LOG }).check({ descriptor }, { signal })).rejects.toMatchObject({
    code: 'ABORTED',
  });
  await expect(readFile(LOG)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a time limit is an error of its own', async () => {
  const failure = playing({ WAIT: '60000' }).check({ descriptor }, { timeoutMs: 300 });
  await expect(failure).rejects.toMatchObject({ code: 'TIMEOUT' });
});

test('every run is told, successful or not', async () => {
  const events: RunEvent[] = [];
  const runner = createRunner({
    binary: program('play'),
    env: { PLAY_EXIT: '38', PLAY_STDERR: 'usage' },
    onRun: (event) => events.push(event),
  });
  await expect(runner.check({ descriptor })).rejects.toThrow();
  expect(events).toMatchObject([{ exitCode: 38, stderr: 'usage', signal: undefined }]);
  expect(events[0]?.durationMs).toBeGreaterThan(0);
});

test('an endless output is drained, kept in bounds, and never half-parsed', async () => {
  const runner = createRunner({ binary: program('flood'), env: { FLOOD_MIB: '200' } });
  const failure: unknown = await runner
    .snapshotList({ descriptor })
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'OUTPUT' });
  expect(isPloopError(failure) ? failure.stdout.length : 0).toBe(64 * 1024 * 1024);
});
