import { lstat, rename, unlink } from 'node:fs/promises';

import { isGone, notSynced, placeNew, syncPlace } from '@ploop/descriptor/node/internal';
import type { ChainContent } from '@ploop/image';
import type { Salvage } from '@ploop/image/internal';

import { handleReader, writeFully } from '../disk/handle.ts';
import { allocationOf } from './allocation.ts';
import { createCheckpoints } from './checkpoints.ts';
import { durability } from './durability.ts';
import { recordPath, stampOf, writeRecord } from './export-record.ts';
import type { ExportOrigin } from './export-state.ts';
import { firstDifference } from './first-difference.ts';
import { lostPath, refuseOther } from './lost-file.ts';
import { openPart } from './open-part.ts';
import { inTurn, type Remains, type Sink } from './sink.ts';
import { removeUnreadable, writeUnreadable, type Unreadable } from './unreadable-file.ts';

/** How a file is written. */
export interface FileSinkOptions {
  readonly overwrite: boolean;
  /** Whether to wait until the data are on the disk. */
  readonly sync: boolean;
  /** Present if lost ranges become zeros: what could not be read so far, and what an earlier export could not read. */
  readonly salvage?: Pick<Salvage, 'unreadable' | 'assume'> | undefined;
  /** The disk. */
  readonly chain: ChainContent;
  /** Whether nothing of it before `end` is lost. */
  readonly losesNothing: (end: number) => Promise<boolean>;
  /** Ends the comparison of an unfinished file with the disk. */
  readonly signal: AbortSignal;
}

const EXISTS =
  'the file exists; choose another name, or replace it with --force (API: overwrite: true)';

/** `stat` counts in these, whatever the block size of the file system. */
const BLOCK_BYTES = 512;

/**
 * A file that is there in whole or not at all: it is written beside its place, as `TARGET.part`, and renamed at the end.
 * `TARGET.part.json` records how far it has come; an export of the same images goes on from there.
 */
export async function fileSink(
  target: string,
  origin: ExportOrigin,
  { overwrite, sync, salvage, chain, losesNothing, signal }: FileSinkOptions,
): Promise<Sink> {
  const refuseExisting = async (): Promise<void> => {
    if (!overwrite && (await inodeAt(target)) !== undefined) throw new Error(EXISTS);
  };
  await refuseExisting();
  const part = `${target}.part`;
  await removeSecondName(part, target);
  const lostFile = lostPath(target);
  if (salvage !== undefined) await refuseOther(lostFile);
  const opened = await openPart(part, origin, {
    sync,
    salvage: salvage !== undefined,
    losesNothing,
    firstDifference: (file, end) => firstDifference(chain, handleReader(file), { end, signal }),
  });
  const { handle, record, start, inode, diagnostics } = opened;
  if (opened.unreadable !== undefined) salvage?.assume(opened.unreadable);
  // One write at a time: the file system takes no more, and those that wait would keep reads from running.
  const { data, zeros } = inTurn((bytes, position) => writeFully(handle, bytes, position));
  const durable = durability(handle);
  const checkpoints = createCheckpoints(start, async (done) => {
    await durable.data();
    const unreadable = salvage && (await recordUnreadable(part, salvage.unreadable()));
    const stamp = stampOf(await handle.stat({ bigint: true }));
    const progress = { inode, stamp, done, ...(unreadable && { unreadable }) };
    await writeRecord(record, origin, progress, true);
  });
  /** Whether no other export has begun a file of its own in the place of this one. */
  const isOwn = async (): Promise<boolean> => (await inodeAt(part)) === inode;
  const close = async (): Promise<void> => {
    await Promise.all([handle.close(), record.close()]);
  };
  const remains = async (): Promise<Remains> => {
    const { blocks } = await handle.stat();
    return { file: part, done: checkpoints.recorded(), stored: blocks * BLOCK_BYTES };
  };
  return {
    start,
    diagnostics,
    lostFile,
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
      readAt: handleReader(handle),
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
      await (overwrite ? rename(part, target) : placeNew(part, target));
      // In a directory that others can write to, the part may have been exchanged since it was looked at.
      if ((await inodeAt(target)) !== inode) throw new Error('another file was put in its place');
      // From here on the target is complete and has its name, whatever fails.
      await close().catch((cause: unknown) => {
        throw notSynced(target, cause);
      });
      if (sync) await syncPlace(target);
      if (salvage !== undefined) await removeUnreadable(part).catch(() => undefined);
      // A record without its file does no harm: the next export removes it.
      await unlink(recordPath(part)).catch(() => undefined);
    },
    abandon: async (done, isUsable) => {
      await checkpoints.settled();
      try {
        if (!(await isOwn())) return undefined;
        if (isUsable) {
          // If it cannot be made, the one before it still holds.
          await checkpoints.record(done).catch(() => undefined);
          return await remains();
        }
        await unlink(part);
        if (salvage !== undefined) await removeUnreadable(part);
        await unlink(recordPath(part));
        return undefined;
      } finally {
        await close();
      }
    },
  };
}

/** An export that was killed when it had its name may have left that of the part as well. */
async function removeSecondName(part: string, target: string): Promise<void> {
  const [unfinished, finished] = [await inodeAt(part), await inodeAt(target)];
  if (unfinished !== undefined && unfinished === finished) await unlink(part);
}

/** Lists what cannot be read before the record says that there is a list. */
async function recordUnreadable(part: string, unreadable: Unreadable): Promise<'none' | 'some'> {
  if (unreadable.every((runs) => runs.length === 0)) return 'none';
  await writeUnreadable(part, unreadable);
  return 'some';
}

/** Which file is at a path, of those in its directory; `undefined` if none is. */
async function inodeAt(path: string): Promise<string | undefined> {
  try {
    return String((await lstat(path, { bigint: true })).ino);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
