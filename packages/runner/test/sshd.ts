import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { hasSshd, SSHD } from '@ploop/test-kit';

/** An OpenSSH server of our own, for this machine alone. */
export interface Sshd {
  /** The options that lead there. */
  readonly args: readonly string[];
  /** A directory that nobody else writes to. */
  readonly directory: string;
  readonly stop: () => Promise<void>;
}

/** Starts one; `undefined` where that cannot be done. */
export async function startSshd(): Promise<Sshd | undefined> {
  if (!hasSshd) return undefined;
  const directory = await mkdtemp(join(tmpdir(), 'ploop-sshd-'));
  const at = (name: string): string => join(directory, name);
  await mkdir('/run/sshd', { recursive: true });
  for (const key of ['host', 'user'])
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(key)]);
  const port = await freePort();
  await writeFile(
    at('sshd_config'),
    [
      `ListenAddress 127.0.0.1:${String(port)}`,
      `HostKey ${at('host')}`,
      `AuthorizedKeysFile ${at('user.pub')}`,
      'PidFile none',
      'PermitRootLogin yes',
      'StrictModes no',
      'UsePAM no',
      // The start-up files of the user who runs the tests do not belong here, and can take a second each time.
      `SetEnv HOME=${directory} "PATH=${process.env['PATH'] ?? ''}"`,
      '',
    ].join('\n'),
  );
  await chmod(directory, 0o700);
  const server = spawn(SSHD, ['-D', '-e', '-f', at('sshd_config')], { stdio: 'ignore' });
  await reachable(port, server);
  const options = {
    IdentityFile: at('user'),
    IdentitiesOnly: 'yes',
    UserKnownHostsFile: at('known_hosts'),
    StrictHostKeyChecking: 'accept-new',
  };
  const settings = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return {
    args: ['-F', 'none', '-p', String(port), ...settings],
    directory,
    stop: async () => {
      server.kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close();
      if (address === null || typeof address === 'string') reject(new Error('no port'));
      else resolve(address.port);
    });
  });
}

async function reachable(port: number, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (server.exitCode !== null) throw new Error('sshd has ended');
    const socket = connect(port, '127.0.0.1');
    const isThere = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => {
        resolve(true);
      });
      socket.once('error', () => {
        resolve(false);
      });
    });
    socket.destroy();
    if (isThere) return;
    await wait(50);
  }
  throw new Error('sshd is not reachable');
}
