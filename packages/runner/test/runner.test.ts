import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

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
  await expect(playing({ EXIT: '99' }).check({ descriptor })).rejects.toMatchObject({
    exitCode: 99,
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
  const started = performance.now();
  const runner = playing({ WAIT: '60000', TRAP: '1', LINGER: '700' });
  const failure = runner.check({ descriptor }, { signal: AbortSignal.timeout(500) });
  await expect(failure).rejects.toMatchObject({ code: 'ABORTED', exitCode: 1, exitName: 'CREAT' });
  expect(performance.now() - started).toBeGreaterThan(1_150);
});

test('what finishes in spite of being cancelled has succeeded', async () => {
  const signal = AbortSignal.timeout(500);
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

test.each([0, -1, Number.NaN])('a time limit of %d is refused', async (timeoutMs) => {
  await expect(playing({}).check({ descriptor }, { timeoutMs })).rejects.toMatchObject({
    code: 'REFUSED',
    reason: 'OPTION_INVALID',
  });
});

test.each([2 ** 31, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY])(
  'a time limit of %d is as good as none',
  async (timeoutMs) => {
    const done = playing({ WAIT: '50' }).check({ descriptor }, { timeoutMs });
    await expect(done).resolves.toEqual({ report: [] });
  },
);

test('a helper that outlives the tool does not hold up the answer for long', async () => {
  const started = performance.now();
  const runner = playing({ HELPER: '20', STDOUT: 'said\n' });
  expect(await runner.check({ descriptor })).toEqual({ report: ['said'] });
  expect(performance.now() - started).toBeLessThan(10_000);
});

test('any number of runs may share a signal', async () => {
  const warnings: Error[] = [];
  const listen = (warning: Error): number => warnings.push(warning);
  process.on('warning', listen);
  const { signal } = new AbortController();
  const runner = playing({});
  await Promise.all(Array.from({ length: 12 }, () => runner.check({ descriptor }, { signal })));
  process.off('warning', listen);
  expect(warnings).toEqual([]);
});

test('a binary given as a path is looked for from here', async () => {
  const binary = relative(process.cwd(), program('play'));
  const runner = createRunner({ binary: `./${binary}`, env: { PLAY_STDOUT: LISTING } });
  expect(await runner.snapshotList({ descriptor })).toHaveLength(1);
});

test('the reason in a message is the cause, not the noise, and not a book', async () => {
  const noise =
    'Error in ploop_is_large_disk_supported (ploop.c:258): ploop kernel module not loaded: No such file or directory\n';
  const cause = `Error in do_create_delta (ploop.c:377): Can't open /p/no/root.hdd\n`;
  const message = async (STDERR: string): Promise<string> => {
    const failure: unknown = await playing({ EXIT: '1', STDERR })
      .check({ descriptor })
      .catch((error: unknown) => error);
    return failure instanceof Error ? failure.message : '';
  };
  expect(await message(noise + cause)).toMatch(/: Can't open \/p\/no\/root.hdd$/);
  expect(await message("info: invalid option -- 'b'\nUsage: ploop info\n  -b\n")).toMatch(
    /-- 'b'$/,
  );
  expect((await message('x'.repeat(100_000))).length).toBeLessThan(500);
});
