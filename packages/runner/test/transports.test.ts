import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

import { bytes } from '@ploop/descriptor';
import { hasSudo, hasTool, temporaryDirectory } from '@ploop/test-kit';
import { afterAll, describe, expect, test } from 'vitest';

import {
  createRunner,
  localExec,
  sshExec,
  sudoExec,
  type Exec,
  type RunnerOptions,
} from '../src/index.ts';
import { lookThrough } from '../src/tool/look-through.ts';
import { startSshd } from './sshd.ts';

const descriptor = '/p/DiskDescriptor.xml';
const program = (name: string): string => join(import.meta.dirname, 'programs', `${name}.mjs`);
const sshd = await startSshd();
afterAll(() => sshd?.stop());

const fake = sshExec({ host: 'somewhere', ssh: program('fake-ssh') });
/** The real thing, or what stands in for it where that is missing. */
const [name, exec] =
  sshd === undefined
    ? (['a login shell', fake] as const)
    : ([
        'OpenSSH',
        sshExec({
          host: 'root@127.0.0.1',
          args: sshd.args,
          controlPath: join(sshd.directory, 'c'),
        }),
      ] as const);
/** So that the tool need not be asked. */
const RELEASE = { from: '1.15', to: '1.15' } as const;
const playing = (exec: Exec, play: Record<string, string>, options: RunnerOptions = {}) =>
  createRunner({
    release: RELEASE,
    ...options,
    exec,
    binary: program('play'),
    env: Object.fromEntries(Object.entries(play).map(([name, value]) => [`PLAY_${name}`, value])),
  });

describe(`through ${name}`, () => {
  test('arguments, environment and output arrive as they are', async () => {
    const LOG = join(await temporaryDirectory('ploop ssh-'), 'log');
    const argv = [
      '-v0',
      "it's",
      '',
      ' a  b ',
      '$HOME `id` "x" \\',
      '*',
      '~',
      'диск 💽',
      'two\nlines',
    ];
    const outcome = await exec({
      file: program('play'),
      argv,
      env: { PLAY_LOG: LOG, PLAY_STDOUT: 'öut\n', PLAY_STDERR: "e'rr\n", UNSET: undefined },
    });
    expect(outcome).toMatchObject({
      exitCode: 0,
      stdout: { text: 'öut\n' },
      stderr: { text: "e'rr\n" },
      streamError: undefined,
    });
    const logged = JSON.parse(await readFile(LOG, 'utf8')) as {
      argv: string[];
      env: Record<string, string>;
    };
    expect(logged.argv).toEqual(argv);
    expect(logged.env).toMatchObject({ LC_ALL: 'C', LANG: 'C' });
    expect(logged.env['PLOOP_PAD']).toHaveLength(8192);
    expect(logged.env['PATH']).toMatch(/:\/usr\/sbin:\/sbin:\/usr\/local\/sbin$/);
    for (const name of ['POSIXLY_CORRECT', 'LANGUAGE', 'UNSET', 'VITEST'])
      expect(logged.env).not.toHaveProperty(name);
  });

  test.each([
    [{ EXIT: '38' }, { code: 'EXIT', exitCode: 38 }],
    [{ EXIT: '255' }, { code: 'EXIT', exitCode: 255, exitName: 'UNSPECIFIC' }],
    [
      { SIGNAL: 'SIGSEGV', WAIT: '5000' },
      { code: 'SIGNAL', signal: 'SIGSEGV' },
    ],
  ])('%j is %j', async (play, expected) => {
    await expect(playing(exec, play).check({ descriptor })).rejects.toMatchObject(expected);
  });

  test('a tool that is missing there is reported', async () => {
    const runner = createRunner({ exec, binary: '/no/such/ploop' });
    await expect(runner.check({ descriptor })).rejects.toMatchObject({
      code: 'SPAWN',
      cause: { code: 'ENOENT' },
    });
  });

  test('cancelling reaches the tool there, which is waited for', async () => {
    const LOG = join(await temporaryDirectory(), 'log');
    const runner = playing(exec, { WAIT: '60000', TRAP: '1', LINGER: '300', LOG });
    const controller = new AbortController();
    const failure = runner.check({ descriptor }, { signal: controller.signal });
    void untilExists(LOG).then(() => {
      controller.abort();
    });
    await expect(failure).rejects.toMatchObject({ code: 'ABORTED', exitCode: 1 });
  });

  test('a time limit is one there, and killing is possible', async () => {
    // A busy machine needs a while before the program is ready for a signal.
    const started = performance.now();
    await playing(exec, {}).check({ descriptor });
    const startMs = performance.now() - started;

    const runner = playing(exec, { WAIT: '60000', TRAP: '0', LINGER: '60000' });
    const limits = { timeoutMs: 500 + Math.ceil(4 * startMs), killAfterMs: 100 };
    await expect(runner.check({ descriptor }, limits)).rejects.toMatchObject({
      code: 'TIMEOUT',
      signal: 'SIGKILL',
    });
  });

  test('data goes through in both directions', async () => {
    const received = new PassThrough();
    const data = Buffer.alloc(3 * 1024 * 1024, 'x\r\n~.\0\u00ff');
    const chunks: Buffer[] = [];
    received.on('data', (chunk: Buffer) => chunks.push(chunk));
    const outcome = await exec({
      file: 'cat',
      argv: [],
      env: {},
      stdin: Readable.from([data]),
      stdout: received,
    });
    expect(outcome).toMatchObject({ exitCode: 0, streamError: undefined });
    expect(Buffer.concat(chunks).equals(data)).toBe(true);
  });

  test('files are looked at there', async () => {
    const directory = await temporaryDirectory('ploop look-');
    const look = lookThrough(exec, {});
    await writeFile(join(directory, 'empty'), '');
    await mkdir(join(directory, "it's"));
    await symlink('nowhere', join(directory, 'link'));
    expect(await look(join(directory, 'empty'))).toBe('file');
    expect(await look(join(directory, "it's"))).toBe('directory');
    expect(await look(join(directory, 'link'))).toBe('link');
    expect(await look('/dev/null')).toBe('other');
    expect(await look(join(directory, 'no'))).toBe('missing');
    expect(await look(join(directory, 'empty', 'x'))).toBe('missing');
    await expect(look(join(directory, 'n'.repeat(300)))).rejects.toMatchObject({
      reason: 'PATH_INVALID',
    });
  });

  test.skipIf(!hasTool)('a disk is made there, and not over another', async () => {
    const path = join(await temporaryDirectory('ploop disk-'), 'root.hdd');
    const runner = createRunner({ exec });
    const input = { path, size: bytes(64 * 1024 * 1024), fileSystem: 'none' } as const;
    await runner.init(input);
    expect(existsSync(path)).toBe(true);
    await expect(runner.init(input)).rejects.toMatchObject({ reason: 'TARGET_EXISTS' });
    const disk = join(path, '..', 'DiskDescriptor.xml');
    const snapshots = await Promise.all([1, 2].map(() => runner.snapshot({ descriptor: disk })));
    expect(snapshots).toHaveLength(2);
    expect(await runner.snapshotList({ descriptor: disk })).toHaveLength(3);
  });
});

describe('over ssh', () => {
  test.each(['-oProxyCommand=reboot', '', ' x', 'a b', 'a\nb'])('host %j is refused', (host) => {
    expect(() => sshExec({ host })).toThrow(expect.objectContaining({ reason: 'OPTION_INVALID' }));
  });

  test('a host out of reach is an error of its own', async () => {
    const exec = sshExec({ host: 'unreachable', ssh: program('fake-ssh') });
    await expect(createRunner({ exec }).check({ descriptor })).rejects.toMatchObject({
      code: 'CONNECTION',
      retryable: false,
      leftBehind: expect.arrayContaining([expect.any(String)]) as unknown,
    });
  });

  test('no ssh at all is another', async () => {
    const exec = sshExec({ host: 'somewhere', ssh: 'no-such-ssh' });
    await expect(createRunner({ exec }).check({ descriptor })).rejects.toMatchObject({
      code: 'SPAWN',
    });
  });

  test.skipIf(sshd === undefined)('runs share a connection', async () => {
    if (sshd === undefined) return;
    const controlPath = join(sshd.directory, 'shared');
    const exec = sshExec({ host: 'root@127.0.0.1', args: sshd.args, controlPath });
    const true_ = { file: 'true', argv: [], env: {} };
    await exec(true_);
    expect(existsSync(controlPath)).toBe(true);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => exec(true_)));
    expect(outcomes.map(({ exitCode, stderr }) => [exitCode, stderr.text])).toEqual(
      Array.from({ length: 8 }, () => [0, '']),
    );
    spawnSync('ssh', [...sshd.args, '-S', controlPath, '-O', 'exit', 'root@127.0.0.1']);
  });

  test.skipIf(sshd === undefined)(
    'a connection that breaks leaves the tool to finish',
    async () => {
      if (sshd === undefined) return;
      const directory = await temporaryDirectory();
      const at = (file: string): string => join(directory, file);
      await writeFile(at('ssh'), `#!/bin/sh\necho $$ >${at('pid')}\nexec ssh "$@"\n`, {
        mode: 0o755,
      });
      const breaking = sshExec({
        host: 'root@127.0.0.1',
        args: sshd.args,
        ssh: at('ssh'),
        controlPath: false,
      });
      const script = `: >${at('started')}; sleep 0.5; echo said; echo said >&2; : >${at('done')}`;
      const broken = breaking({ file: 'sh', argv: ['-c', script], env: {} });
      await untilExists(at('started'));
      process.kill(Number(await readFile(at('pid'), 'utf8')), 'SIGKILL');
      expect(await broken).toMatchObject({
        cancelled: false,
        connectionError: expect.objectContaining({
          message: 'ssh to root@127.0.0.1 was ended by SIGKILL',
        }) as unknown,
      });
      await untilExists(at('done'));
    },
  );

  const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).error === undefined;
  const ask = (shell: string, argv: readonly string[]): ReturnType<Exec> =>
    sshExec({ host: shell, ssh: program('fake-ssh') })({
      file: 'printf',
      argv: ['%s\\n', ...argv],
      env: {},
    });

  test('login shells of the family of sh give arguments as they are', async () => {
    const argv = [
      "it's",
      '',
      ' a  b ',
      '$HOME `id` "x" \\',
      '!!',
      '*',
      '~',
      'диск 💽',
      'two\nlines',
    ];
    for (const shell of ['dash', 'bash', 'zsh', 'ksh'].filter(has)) {
      const { exitCode, stdout } = await ask(shell, argv);
      expect([shell, exitCode, stdout.text]).toEqual([shell, 0, `${argv.join('\n')}\n`]);
    }
  });

  // fish -c exits with 0 for what it does not understand.
  test('what another login shell makes of it is not success', async () => {
    for (const shell of ['fish', 'csh', 'true', 'false'].filter(has))
      expect([shell, await ask(shell, ['\\'])]).toMatchObject([
        shell,
        { spawnError: expect.any(Error) as unknown, exitCode: undefined },
      ]);
  });
});

describe('through sudo', () => {
  test.skipIf(!hasSudo)('the tool gets what it needs', async () => {
    const LOG = join(await temporaryDirectory(), 'log');
    await playing(sudoExec(), { LOG }).check({ descriptor });
    const { argv, env } = JSON.parse(await readFile(LOG, 'utf8')) as {
      argv: string[];
      env: Record<string, string>;
    };
    expect(argv).toEqual(['-v0', 'check', descriptor]);
    expect(env).toMatchObject({ LC_ALL: 'C', SUDO_USER: 'root' });
    expect(env['PLOOP_PAD']).toHaveLength(8192);
  });

  test.skipIf(!hasSudo)('cancelling reaches the tool', async () => {
    const LOG = join(await temporaryDirectory(), 'log');
    const controller = new AbortController();
    const runner = playing(sudoExec(), { WAIT: '60000', TRAP: '1', LOG });
    const failure = runner.check({ descriptor }, { signal: controller.signal });
    void untilExists(LOG).then(() => {
      controller.abort();
    });
    await expect(failure).rejects.toMatchObject({ code: 'ABORTED', exitCode: 1 });
  });

  // Literally what sudo 1.9.13 says.
  test.each([
    ['sudo: a password is required\n', 'SPAWN', 'EACCES'],
    ['sudo: /usr/sbin/ploop: command not found\n', 'SPAWN', 'ENOENT'],
    [
      'sudo: sorry, you are not allowed to set the following environment variables: PLOOP_PAD\n',
      'SPAWN',
      'EACCES',
    ],
    [
      "Sorry, user nobody is not allowed to execute '/usr/sbin/ploop' as root on host.\n",
      'SPAWN',
      'EACCES',
    ],
    ['sudo: unable to resolve host vz1: Name or service not known\n', 'EXIT', undefined],
  ])('%j is %s', async (stderr, code, cause) => {
    const exec: Exec = (request) =>
      localExec({ ...request, file: program('play'), argv: request.argv });
    const runner = playing(sudoExec({ exec }), { STDERR: stderr, EXIT: '1' });
    await expect(runner.check({ descriptor })).rejects.toMatchObject({
      code,
      ...(cause !== undefined && { cause: { code: cause } }),
    });
  });
});

async function untilExists(path: string): Promise<void> {
  while (!existsSync(path)) await wait(20);
}
