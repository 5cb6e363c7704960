import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PATH = [process.env.PATH, '/usr/sbin', '/sbin', '/usr/local/sbin'].join(':');
// Release 1.15 of Debian reads 4 KiB beyond its path argument, as does its library.
const env = { ...process.env, PATH, LC_ALL: 'C', PLOOP_PAD: 'x'.repeat(8192) };

/** Builds the program of the peers; `undefined`, and a word on stderr, where that cannot be done. */
export function buildPeer(directory) {
  const program = join(directory, 'peer');
  const source = join(import.meta.dirname, 'libploop.c');
  const { status, error, stderr } = spawnSync('cc', ['-O2', '-o', program, source, '-lploop'], {
    encoding: 'utf8',
  });
  if (status === 0) return program;
  console.error(`no libploop to compare with: ${error?.message ?? stderr.trim()}`);
  return undefined;
}

/** libploop and the tool on one disk. `measure` gives microseconds a call, `undefined` where the call fails. */
export function startPeer(program, descriptor) {
  const child = spawn(program, ['serve', descriptor], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    measure: async (call, count) => {
      child.stdin.write(`${call} ${count}\n`);
      const { value } = await lines.next();
      const time = Number(value);
      return Number.isFinite(time) ? time : undefined;
    },
    stop: () => child.stdin.end(),
  };
}

/** Holds the lock of a disk in another process; resolves when that has it. */
export async function holdLock(program, lockFile, milliseconds) {
  const child = spawn(program, ['hold', lockFile, String(milliseconds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = new Promise((resolve) => child.once('exit', resolve));
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  if (value !== 'held') throw new Error('the lock cannot be held');
  return { exit };
}
