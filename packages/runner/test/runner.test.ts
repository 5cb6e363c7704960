import { access, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { bytes, NIL_GUID, TOP_GUID } from '@ploop/descriptor';
import { temporaryDirectory } from '@ploop/test-kit';
import { describe, expect, test } from 'vitest';

import {
  createRunner,
  isPloopError,
  localExec,
  SignalError,
  snapshotList,
  type ExecRequest,
  type LogEntry,
  type PloopError,
  type RunEvent,
  type Runner,
  type RunnerOptions,
} from '../src/index.ts';

const descriptor = '/p/DiskDescriptor.xml';
const LISTING = `${TOP_GUID} ${NIL_GUID} * /p/root.hdd\n`;
const program = (name: string): string => join(import.meta.dirname, 'programs', `${name}.mjs`);
/** So that the tool need not be asked. */
const RELEASE = { from: '1.15', to: '1.15' } as const;
const playing = (play: Record<string, string>, options: RunnerOptions = {}): Runner =>
  createRunner({
    release: RELEASE,
    ...options,
    binary: program('play'),
    env: Object.fromEntries(Object.entries(play).map(([name, value]) => [`PLAY_${name}`, value])),
  });

/** A signal that is aborted as soon as the played program waits for signals. */
async function abortWhenReady(): Promise<{
  readonly READY: string;
  readonly signal: AbortSignal;
  /** When, by the clock of `performance`. */
  readonly aborted: Promise<number>;
}> {
  const READY = join(await temporaryDirectory(), 'ready');
  const stop = new AbortController();
  const poll = async (): Promise<number> => {
    while (
      !(await access(READY).then(
        () => true,
        () => false,
      ))
    )
      await pause(10);
    stop.abort();
    return performance.now();
  };
  return { READY, signal: stop.signal, aborted: poll() };
}

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

test('without a driver, the hint fits the command', async () => {
  const runner = playing({ EXIT: '2', STDERR: "Can't open /proc/vz/ploop_minor: No such file\n" });
  const hintOf = async (run: Promise<unknown>): Promise<unknown> =>
    run.catch((error: unknown) => (error as PloopError).hint);
  expect(await hintOf(runner.mount({ descriptor }))).toMatch(/on a host of OpenVZ or Virtuozzo/);
  const path = join(await temporaryDirectory(), 'new');
  const making = runner.init({ path, size: bytes(1 << 20), fileSystem: 'ext4' });
  expect(await hintOf(making)).toMatch(/fileSystem: none/);
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

test('output that is not one of any release is an error with the text', async () => {
  await expect(playing({ STDOUT: 'hello\n' }).info({ descriptor })).rejects.toMatchObject({
    code: 'OUTPUT',
    stdout: 'hello\n',
  });
});

test('a missing tool is reported, with the command that installs it', async () => {
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
  const { READY, signal, aborted } = await abortWhenReady();
  const runner = playing({ READY, WAIT: '600000', TRAP: '1', LINGER: '700' });
  const failure = runner.check({ descriptor }, { signal });
  await expect(failure).rejects.toMatchObject({ code: 'ABORTED', exitCode: 1, exitName: 'CREAT' });
  expect(performance.now() - (await aborted)).toBeGreaterThan(650);
});

test('what finishes in spite of being cancelled has succeeded', async () => {
  const { READY, signal } = await abortWhenReady();
  const runner = playing({ READY, WAIT: '600000', TRAP: '0' });
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
  const failure = playing({ WAIT: '600000' }).check({ descriptor }, { timeoutMs: 300 });
  await expect(failure).rejects.toMatchObject({ code: 'TIMEOUT' });
});

test('every run is reported, successful or not', async () => {
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
  const runner = createRunner({
    binary: program('flood'),
    env: { FLOOD_MIB: '200' },
    release: RELEASE,
  });
  const failure: unknown = await runner
    .snapshotList({ descriptor })
    .catch((error: unknown) => error);
  // Not the error as a whole: what compares objects goes through all of the output.
  if (!isPloopError(failure)) throw failure;
  expect([failure.code, failure.stdout.length]).toEqual(['OUTPUT', 64 * 1024 * 1024]);
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

describe('success with text on stderr', () => {
  test('is success, with warnings', async () => {
    const STDERR = 'Error in f (g.c:1): no module\n\nWARNING: x\n';
    const events: RunEvent[] = [];
    const runner = playing({ STDOUT: LISTING, STDERR }, { onRun: (event) => events.push(event) });
    const warnings = ['Error in f (g.c:1): no module', 'WARNING: x'];
    expect(await runner.complete(snapshotList, { descriptor })).toMatchObject({
      value: [{ guid: TOP_GUID }],
      warnings,
      toolErrors: [{ func: 'f' }],
      argv: [program('play'), '-v-1', 'snapshot-list'].concat(
        '-H',
        '-o',
        'uuid,parent_uuid,current,fname',
        descriptor,
      ),
    });
    expect(events).toMatchObject([{ exitCode: 0, warnings, run: 1 }]);
  });
});

describe('logging', () => {
  const STDOUT = 'Opening delta /p/root.hdd\nAdding snapshot {5fbaabe3}\n';

  test('lines come as the tool says them, each runner at its level, and the tool is asked for as much', async () => {
    const LOG = join(await temporaryDirectory(), 'log');
    const logFile = join(LOG, '..', 'ploop.log');
    const entries: LogEntry[] = [];
    const runner = playing(
      { LOG, STDOUT, STDERR: 'Error in f (g.c:1): no\n' },
      { onLog: (entry) => entries.push(entry), verbosity: 0, logFile, logLevel: 5 },
    );
    await runner.check({ descriptor });
    expect(entries.map(({ text }) => text).sort()).toEqual([
      'Error in f (g.c:1): no',
      'Opening delta /p/root.hdd',
    ]);
    const { argv } = JSON.parse(await readFile(LOG, 'utf8')) as { argv: string[] };
    expect(argv[0]).toBe('-v3');
    const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/ : \[ \d\.\d+\] \/.*play.mjs -v3 check \/p\/DiskDescriptor.xml$/);
  });

  test('what is read as data is neither logged nor mixed with log lines', async () => {
    const entries: LogEntry[] = [];
    const runner = playing(
      { STDOUT: LISTING },
      { onLog: (entry) => entries.push(entry), verbosity: 5 },
    );
    expect(await runner.snapshotList({ descriptor })).toHaveLength(1);
    expect(entries).toMatchObject([
      { source: 'command', text: expect.stringContaining('-v-1') as unknown },
    ]);
  });

  test('a line is reported while the tool still runs', async () => {
    const started = performance.now();
    const times: number[] = [];
    const runner = playing(
      { STDOUT: 'Storing /p/D.xml\n', WAIT: '800' },
      { onLog: () => times.push(performance.now() - started) },
    );
    await runner.check({ descriptor });
    expect(performance.now() - started - (times[0] ?? Infinity)).toBeGreaterThan(500);
  });
});

describe('turns', () => {
  /** How many tries were at work at the most, by what they work on. */
  function counting(options: RunnerOptions = {}): { runner: Runner; most: Map<string, number> } {
    const active = new Map<string, number>();
    const most = new Map<string, number>();
    const count = (key: string, by: number): void => {
      const now = (active.get(key) ?? 0) + by;
      active.set(key, now);
      most.set(key, Math.max(now, most.get(key) ?? 0));
    };
    const exec = Object.assign(
      async (request: ExecRequest) => {
        const keys = ['all', request.argv.at(-1) ?? ''];
        for (const key of keys) count(key, 1);
        const outcome = await localExec(request);
        for (const key of keys) count(key, -1);
        return outcome;
      },
      { isLocal: true },
    );
    return { runner: playing({ WAIT: '20' }, { ...options, exec }), most };
  }
  const paths = ['/p/a/DiskDescriptor.xml', '/p/b/DiskDescriptor.xml', '/p/c/DiskDescriptor.xml'];

  test('changes of one disk are made one after the other, those of several at a time, within a bound', async () => {
    const { runner, most } = counting({ concurrency: 2 });
    const work = [...paths, ...paths].map((path) => runner.check({ descriptor: path }));
    await Promise.all(work);
    expect(Object.fromEntries(most)).toEqual({
      all: 2,
      ...Object.fromEntries(paths.map((path) => [path, 1])),
    });
  });

  test('who is cancelled in the queue is not started', async () => {
    const { runner } = counting();
    const events: RunEvent[] = [];
    const watched = playing({ WAIT: '1000' }, { onRun: (event) => events.push(event) });
    const first = watched.check({ descriptor });
    const started = performance.now();
    const second = watched.check({ descriptor }, { signal: AbortSignal.timeout(100) });
    await expect(second).rejects.toMatchObject({
      code: 'ABORTED',
      argv: expect.arrayContaining(['check']) as unknown,
    });
    expect(performance.now() - started).toBeLessThan(900);
    await first;
    expect(events).toHaveLength(1);
    // Full of others' runs.
    const full = counting({ concurrency: 1 });
    const slow = full.runner.check({ descriptor: '/p/a/DiskDescriptor.xml' });
    const signal = AbortSignal.abort();
    await expect(runner.check({ descriptor }, { signal })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    await slow;
  });

  test('a runner that is cancelled cancels its runs', async () => {
    const controller = new AbortController();
    const runner = playing({ WAIT: '60000' }, { signal: controller.signal });
    const runs = [runner.check({ descriptor }), runner.snapshotList({ descriptor })];
    setTimeout(() => {
      controller.abort();
    }, 300);
    const ends = await Promise.allSettled(runs);
    for (const end of ends) expect(end).toMatchObject({ reason: { code: 'ABORTED' } });
  });

  test('who cancels a run cancels what it has to find out first', async () => {
    const given = { descriptor, format: 'raw' } as const;
    const { READY, signal } = await abortWhenReady();
    const play = { READY, ONLY: 'snapshot-list', WAIT: '600000', STDOUT: LISTING };
    const failure = playing(play).convert(given, { signal });
    // Which only reads the disk.
    await expect(failure).rejects.toMatchObject({
      code: 'ABORTED',
      argv: expect.arrayContaining(['snapshot-list']) as unknown,
      leftBehind: [],
    });
  });

  test('what changes nothing leaves nothing when it is ended', async () => {
    const looking = await abortWhenReady();
    const look = playing({ READY: looking.READY, WAIT: '600000' });
    const none = look.info({ descriptor }, { signal: looking.signal });
    await expect(none).rejects.toMatchObject({ leftBehind: [] });
    const mounting = await abortWhenReady();
    const mount = playing({ READY: mounting.READY, WAIT: '600000' });
    const left = mount.infoFileSystem({ descriptor }, { signal: mounting.signal });
    await expect(left).rejects.not.toMatchObject({ leftBehind: [] });
  });

  test('exclusive work may run commands on its disk', async () => {
    const { runner, most } = counting();
    await runner.exclusive(descriptor, () =>
      Promise.all([runner.check({ descriptor }), runner.check({ descriptor })]),
    );
    expect(most.get(descriptor)).toBe(1);
  });
});

describe('a lock that is held', () => {
  const STDERR =
    'Error in do_lock (lock.c:132): The /p/DiskDescriptor.xml.lck is locked: Resource temporarily unavailable\n';

  test('is waited for where the caller asks for that', async () => {
    const play = { EXIT: '23', STDERR };
    await expect(playing(play).check({ descriptor })).rejects.toMatchObject({ retryable: true });
    const events: RunEvent[] = [];
    const retrying = playing(play, {
      lockRetry: { deadlineMs: 6_000, firstDelayMs: 10, longestDelayMs: 20 },
      onRun: (event) => events.push(event),
    });
    await expect(retrying.check({ descriptor })).rejects.toMatchObject({ exitCode: 23 });
    expect(events.length).toBeGreaterThan(2);
  });
});

test('only runs that change nothing have the time limit of the runner', async () => {
  const runner = playing({ WAIT: '2000', STDOUT: LISTING }, { timeoutMs: 1_000 });
  await expect(runner.snapshotList({ descriptor })).rejects.toMatchObject({ code: 'TIMEOUT' });
  await expect(runner.check({ descriptor })).resolves.toBeDefined();
});

test('the tool is killed only if the caller asks for it, and the error says what may be left', async () => {
  const play = { ONLY: 'snapshot', WAIT: '600000', TRAP: '0', LINGER: '600000' };
  const runner = playing(play);
  const failure = runner.snapshot({ descriptor }, { timeoutMs: 5_000, killAfterMs: 200 });
  await expect(failure).rejects.toMatchObject({
    code: 'TIMEOUT',
    signal: 'SIGKILL',
    leftBehind: expect.arrayContaining([expect.stringContaining('.tmp')]) as unknown,
  });
});

test('what a run has to find out first has its time limit, too', async () => {
  const runner = playing({ ONLY: 'list', WAIT: '60000' });
  await expect(runner.snapshot({ descriptor }, { timeoutMs: 300 })).rejects.toMatchObject({
    code: 'TIMEOUT',
    argv: expect.arrayContaining(['list']) as unknown,
    leftBehind: [],
  });
});

test.each<RunnerOptions>([
  { timeoutMs: 0 },
  { concurrency: 0 },
  { concurrency: 1.5 },
  { verbosity: 6 as 5 },
  { logLevel: 0.5 as 0 },
  { lockRetry: { deadlineMs: Number.NaN } },
  { logFile: '/' },
])('a runner with %j is refused', (options) => {
  expect(() => createRunner(options)).toThrow(
    expect.objectContaining({ code: 'REFUSED', reason: 'OPTION_INVALID' }),
  );
});
