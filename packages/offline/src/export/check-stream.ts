import { once } from 'node:events';
import { constants, WriteStream, type BigIntStats } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Writable } from 'node:stream';

import { runAsync, refuseTooManyOpen } from '@ploop/descriptor/internal';
import { deviceNumber, openStatus } from '@ploop/descriptor/node/internal';

import type { Snapshot } from '../snapshot/open-snapshot.ts';
import { toTerminal } from './check-target.ts';
import { refuseOwnFiles } from './own-files.ts';

/** The device number of `/dev/null` on Linux. */
const NULL_DEVICE = '1:3';

/**
 * Refuses a stream whose open file is a terminal, a file of the disk, or nothing that takes a stream of bytes. Streams
 * without a file are not looked at.
 *
 * @throws Error with the reason, or DescriptorError `EXPORT_TO_TERMINAL`.
 */
export async function refuseStream(
  snapshot: Snapshot,
  stream: Writable,
  signal: AbortSignal,
): Promise<void> {
  if ('isTTY' in stream && stream.isTTY === true) throw toTerminal('the stream');
  if (stream instanceof WriteStream) await settled(stream, signal);
  if (!('fd' in stream) || typeof stream.fd !== 'number') return;
  const stats = await runAsync(openStatus(stream.fd));
  const kind = unfitKind(stats);
  if (kind !== undefined) throw new Error(`it is ${kind}; write to a path or a pipe instead`);
  await refuseOwnFiles(snapshot, stats);
  if (stream !== process.stdout) return;
  if (await isClosed(stream.fd, stats))
    throw new Error('stdout is closed, or /dev/null opened for reading as well');
  // Node puts a stream that drops everything in the place of a stdout that it cannot write to.
  if (Object.getPrototypeOf(stream) === Writable.prototype)
    throw new Error('Node cannot write to this stdout');
}

/** Waits until a stream has opened its file or failed to. */
async function settled(stream: WriteStream, signal: AbortSignal): Promise<void> {
  if (!stream.pending || stream.destroyed) return;
  const found = new AbortController();
  const options = { signal: AbortSignal.any([signal, found.signal]) };
  try {
    await Promise.race(['open', 'close'].map((event) => once(stream, event, options)));
  } finally {
    found.abort();
    signal.throwIfAborted();
  }
}

/** What cannot be written to as a stream; of a block device, Node drops all that is written. */
function unfitKind(stats: BigIntStats): string | undefined {
  if (stats.isBlockDevice()) return 'a block device';
  if (stats.isDirectory()) return 'a directory';
  const isFit = stats.isFile() || stats.isFIFO() || stats.isSocket() || stats.isCharacterDevice();
  return isFit ? undefined : 'neither a file nor a pipe';
}

/**
 * Whether a process was started without stdout. Node opens `/dev/null` in its place, for reading and writing, which a
 * redirection does for writing only.
 */
async function isClosed(fd: number, stats: BigIntStats): Promise<boolean> {
  if (!stats.isCharacterDevice() || deviceNumber(stats.rdev) !== NULL_DEVICE) return false;
  const path = `/proc/self/fdinfo/${String(fd)}`;
  const info = await readFile(path, 'utf8').catch((cause: unknown) => {
    refuseTooManyOpen(path, cause);
    return '';
  });
  const flags = parseInt(/^flags:\s*([0-7]+)$/m.exec(info)?.[1] ?? '0', 8);
  return (flags & constants.O_RDWR) !== 0;
}
