import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';

import { exportSnapshot } from '../../src/export/export-snapshot.ts';
import type { Given } from './ways.ts';

/** The built program. */
const INSPECT = join(import.meta.dirname, '../../../../apps/inspect/dist/bin.js');

/** Whether the built program is there: `npm test` builds it. */
export const hasInspect: boolean = existsSync(INSPECT);

/** What a child that takes its time reads from a FIFO that is written to. */
export async function throughFifo(
  { directory, random }: Given,
  write: (path: string) => Promise<unknown>,
): Promise<Buffer> {
  const [path, out] = [join(directory, 'fifo'), join(directory, 'from fifo')];
  execFileSync('mkfifo', [path]);
  const take = random(2) === 0 ? 'cat' : 'dd bs=7777 status=none';
  const script = `exec < "$1"; sleep 0.0${String(random(10))}; ${take} > "$2"`;
  const reader = spawn('sh', ['-c', script, 'sh', path, out]);
  const ended = once(reader, 'exit');
  await write(path);
  await ended;
  const bytes = await readFile(out);
  await Promise.all([rm(path), rm(out)]);
  return bytes;
}

/** What a child gets through the pipe that is its stdin. */
export async function throughPipe({ snapshot, directory }: Given): Promise<Buffer> {
  const out = join(directory, 'from pipe');
  const fd = openSync(out, 'w');
  const reader = spawn('sh', ['-c', 'sleep 0.05; cat'], { stdio: ['pipe', fd, 'inherit'] });
  const ended = once(reader, 'exit');
  if (reader.stdin === null) throw new Error('no pipe');
  await exportSnapshot(snapshot, reader.stdin);
  reader.stdin.end();
  await ended;
  const bytes = await readFile(out);
  await rm(out);
  return bytes;
}

/** What the program writes to stdout. */
export async function inspectToStdout({ snapshot }: Given): Promise<Buffer> {
  const program = spawn(process.execPath, [INSPECT, 'export', snapshot.path, '--output', '-']);
  const [bytes, said, [code]] = await Promise.all([
    buffer(program.stdout),
    text(program.stderr),
    once(program, 'exit') as Promise<[number]>,
  ]);
  // A base that is smaller than the disk above it is a warning.
  const isWarned = snapshot.diagnostics.some(({ severity }) => severity !== 'info');
  if (code !== (isWarned ? 1 : 0)) throw new Error(said);
  return bytes;
}
