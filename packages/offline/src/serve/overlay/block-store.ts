import { constants, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

import { failureOf } from '@ploop/descriptor/node/internal';

import { handleReader, writeFully } from '../../disk/handle.ts';
import { unwritable } from '../../export/sink.ts';
import { ERROR } from '../protocol/numbers.ts';
import { NbdError } from '../protocol/served-disk.ts';
import { unlinkSame } from '../unlink-same.ts';
import { BLOCK_BYTES } from './block-map.ts';

/** Holds the content of whole blocks. */
export interface BlockStore {
  /** Writes whole blocks at a byte of the disk. */
  readonly write: (bytes: Uint8Array, position: number) => Promise<void>;
  /** Reads a part of blocks that were written. */
  readonly readInto: (target: Uint8Array, position: number) => Promise<void>;
  /** Forgets blocks from `first` to before `end`. */
  readonly drop: (first: number, end: number) => void;
  /** Resolves when all that was written is on stable storage. */
  readonly flush: () => Promise<void>;
  /** Gives everything up. */
  readonly close: () => Promise<void>;
}

/** Blocks in memory, at most `mostBytes` of them. */
export function memoryStore(mostBytes: number): BlockStore {
  const blocks = new Map<number, Uint8Array>();

  function write(bytes: Uint8Array, position: number): void {
    const [first, end] = [position / BLOCK_BYTES, (position + bytes.length) / BLOCK_BYTES];
    let added = 0;
    for (let block = first; block < end; block += 1) if (!blocks.has(block)) added += 1;
    if ((blocks.size + added) * BLOCK_BYTES > mostBytes)
      throw new NbdError(ERROR.ENOSPC, `the overlay is full: it holds ${String(mostBytes)} bytes`);
    for (let block = first; block < end; block += 1) {
      const at = (block - first) * BLOCK_BYTES;
      blocks.set(block, bytes.slice(at, at + BLOCK_BYTES));
    }
  }

  function readInto(target: Uint8Array, position: number): void {
    for (let filled = 0; filled < target.length;) {
      const at = position + filled;
      const inside = at % BLOCK_BYTES;
      const length = Math.min(target.length - filled, BLOCK_BYTES - inside);
      const block = blocks.get((at - inside) / BLOCK_BYTES);
      const part = target.subarray(filled, filled + length);
      // A block that was dropped meanwhile reads as the zeros that took its place.
      if (block === undefined) part.fill(0);
      else part.set(block.subarray(inside, inside + length));
      filled += length;
    }
  }

  return {
    write: async (bytes, position) => {
      await Promise.resolve();
      write(bytes, position);
    },
    readInto: async (target, position) => {
      await Promise.resolve();
      readInto(target, position);
    },
    drop: (first, end) => {
      for (let block = first; block < end; block += 1) blocks.delete(block);
    },
    flush: () => Promise.resolve(),
    close: () => {
      blocks.clear();
      return Promise.resolve();
    },
  };
}

const FLAGS =
  constants.O_RDWR |
  constants.O_CREAT |
  constants.O_EXCL |
  constants.O_NOFOLLOW |
  constants.O_NOCTTY;

/**
 * Blocks in a new sparse file, each at its place on the disk. The file is removed at the end.
 *
 * @throws DescriptorError `FILE_UNWRITABLE`, where there is a file already, too.
 */
export async function fileStore(file: string): Promise<BlockStore> {
  const { handle, made } = await created(file);
  const readAt = handleReader(handle);
  return {
    write: (bytes, position) => guarded(file, () => writeFully(handle, bytes, position)),
    readInto: async (target, position) => {
      const read = await guarded(file, () => readAt(target, position));
      // The bytes beyond the end were written and have been cut off since.
      if (read < target.length) throw unwritable(file, new Error('the file was cut off'));
    },
    drop: () => undefined,
    flush: () => guarded(file, () => handle.datasync()),
    close: async () => {
      await handle.close();
      await unlinkSame(file, made);
    },
  };
}

async function created(
  file: string,
): Promise<{ readonly handle: FileHandle; readonly made: Stats }> {
  try {
    const handle = await open(file, FLAGS, 0o600);
    return { handle, made: await handle.stat() };
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

async function guarded<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const error = unwritable(file, cause);
    const isFull = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String(failureOf(cause)));
    if (!isFull) throw error;
    throw new NbdError(ERROR.ENOSPC, 'there is no space left for the overlay', { cause: error });
  }
}
