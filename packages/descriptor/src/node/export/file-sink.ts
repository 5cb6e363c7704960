import { constants, lstat, open, rename, rm, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

import { isGone } from '../failure.ts';
import { syncDirectory } from '../sync-directory.ts';
import { allocationOf } from './allocation.ts';
import { durability } from './durability.ts';
import { inodeOf, readState, removeState, writeState, type ExportOrigin } from './export-state.ts';
import { inTurn, readerOf, writeFully, type Sink } from './sink.ts';

/** How a file is written. */
export interface FileSinkOptions {
  readonly overwrite: boolean;
  /** Whether to wait until the data are on the disk. */
  readonly sync: boolean;
}

/** How much is written until the next record of how far it has come. */
const CHECKPOINT_BYTES = 512 << 20;

/**
 * A file that is there in whole or not at all: it is written beside its place, as `TARGET.part`, and renamed at the end.
 * `TARGET.part.json` records how far it has come; an export of the same images goes on from there.
 */
export async function fileSink(
  target: string,
  origin: ExportOrigin,
  { overwrite, sync }: FileSinkOptions,
): Promise<Sink> {
  const refuseExisting = async (): Promise<void> => {
    if (!overwrite && (await exists(target))) throw new Error('it is there already');
  };
  await refuseExisting();
  const part = `${target}.part`;
  const { handle, start, inode } = await openPart(part, origin);
  // One write at a time: the file system takes no more, and those that wait would keep reads from running.
  const { data, zeros } = inTurn((bytes, position) => writeFully(handle, bytes, position));
  const durable = durability(handle);
  const checkpoints = createCheckpoints(start, async (done) => {
    await durable.data();
    await writeState(part, origin, { inode, done }, true);
  });
  /** Whether no other export has begun a file of its own in the place of this one. */
  const isOwn = async (): Promise<boolean> =>
    (await exists(part)) && (await inodeOf(part)) === inode;
  return {
    start,
    part,
    direct: { fd: handle.fd, inOrder: false },
    data,
    ...(origin.sparse ? {} : { zeros }),
    ...(sync
      ? {
          reached: (done: number) => {
            durable.check();
            checkpoints.reached(done);
          },
        }
      : {}),
    written: {
      readAt: readerOf(handle),
      endsThere: true,
      ...(origin.sparse && {
        allocation: async () => {
          if (sync) await durable.all();
          return allocationOf(handle, part, sync);
        },
      }),
    },
    finish: async () => {
      await checkpoints.settled();
      if (sync) await durable.all();
      // As long as one of these can fail, the part is to be kept with what it has.
      await refuseExisting();
      if (!(await isOwn())) throw new Error('another export to it has begun meanwhile');
      await rename(part, target);
      await handle.close();
      if (sync) await syncDirectory(dirname(target));
      await removeState(part);
    },
    abandon: async (done, isUsable) => {
      await checkpoints.settled();
      try {
        if (!(await isOwn())) return false;
        if (isUsable) await checkpoints.record(done);
        else await unlink(part);
      } finally {
        await handle.close();
      }
      if (!isUsable) await removeState(part);
      return isUsable;
    },
  };
}

async function openPart(
  part: string,
  origin: ExportOrigin,
): Promise<{ readonly handle: FileHandle; readonly start: number; readonly inode: string }> {
  const isThere = await exists(part);
  const start = isThere ? await readState(part, origin) : 0;
  if (start === undefined) throw new Error(`${part} is there already, and is no unfinished export`);
  if (start === 0) {
    // The record comes first: a file without one would be taken for somebody else's, and one with that of an earlier
    // export for what it is not.
    await writeState(part, origin, { inode: '', done: 0 }, isThere);
    // Whoever still writes to the old file must not write to this one.
    if (isThere) await removePart(part);
  }
  const flags = start === 0 ? constants.O_CREAT | constants.O_EXCL : 0;
  const handle = await open(part, constants.O_RDWR | constants.O_NOFOLLOW | flags, 0o600);
  try {
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) throw new Error(`${part} is no regular file`);
    await handle.truncate(origin.size);
    return { handle, start, inode: String(stats.ino) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function removePart(part: string): Promise<void> {
  if (!(await lstat(part)).isFile()) throw new Error(`${part} is no regular file`);
  await rm(part, { force: true });
}

/** Records of how far a file has come, made beside the writing; one at a time. */
function createCheckpoints(
  start: number,
  record: (done: number) => Promise<void>,
): {
  readonly record: (done: number) => Promise<void>;
  readonly reached: (done: number) => void;
  readonly settled: () => Promise<void>;
} {
  let last = start;
  let isBusy = false;
  let running: Promise<void> = Promise.resolve();
  return {
    record,
    reached: (done) => {
      if (isBusy || done - last < CHECKPOINT_BYTES) return;
      [isBusy, last] = [true, done];
      running = record(done)
        // Without a record the next export has more to do; that data are lost is told by whoever waits for them next.
        .catch(() => undefined)
        .finally(() => (isBusy = false));
    },
    settled: () => running,
  };
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}
