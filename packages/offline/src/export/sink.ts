import { diagnostic, type Diagnostic, DescriptorError } from '@ploop/descriptor';
import { type ReadAt, tooManyOpen } from '@ploop/descriptor/internal';
import { failureOf, reasonOf } from '@ploop/descriptor/node/internal';

import type { Allocation } from './allocation.ts';
import type { LaneTarget } from './lane-messages.ts';

/** What was written, for those who compare it. */
export interface Written {
  readonly readAt: ReadAt;
  /** Whether it ends where the disk ends; a device may be larger. */
  readonly endsThere: boolean;
  /** What is stored of a file that was new and got no zeros; absent where there was something before. */
  readonly allocation?: () => Promise<Allocation>;
}

/** Where the bytes of a snapshot go. */
export interface Sink {
  /** Byte of the disk to begin with: more than 0 where an earlier export is taken up again. */
  readonly start: number;
  /** What to know of an earlier export that is not taken up again. */
  readonly diagnostics?: readonly Diagnostic[];
  /** Where it says which bytes of the disk are lost; absent if it is not a file. */
  readonly lostFile?: string;
  /** What a thread writes to by itself, instead of `data` and `zeros`; absent where it cannot. */
  readonly direct?: LaneTarget;
  /** Takes data. Several may be under way at a time, begun in the order of the disk. */
  readonly data: (bytes: Uint8Array, position: number) => Promise<void>;
  /** Takes a part of the disk that reads as zero; absent where nothing has to be written for it. */
  readonly zeros?: (position: number, length: number) => Promise<void>;
  /** Hears now and then that everything before byte `done` is written. */
  readonly reached?: (done: number) => void;
  /** How to read what was written; absent where that is not possible. */
  readonly written?: Written;
  /** Everything is written: makes it durable and puts it in its place. */
  readonly finish: () => Promise<void>;
  /** Something failed when everything before byte `done` was written. Returns what a later export can go on with. */
  readonly abandon: (done: number, isUsable: boolean) => Promise<Remains | undefined>;
}

/** The unfinished file of an export that failed. */
export interface Remains {
  readonly file: string;
  /** A later export goes on at this byte of the disk. */
  readonly done: number;
  /** Bytes of storage that the file takes. */
  readonly stored: number;
}

const ZEROS = new Uint8Array(1 << 20);

/**
 * Writes data and zeros in the order they are asked for. Each request is carried out as a whole before the next one
 * begins, however many wait.
 */
export function inTurn(write: Sink['data']): Required<Pick<Sink, 'data' | 'zeros'>> {
  let last: Promise<void> = Promise.resolve();
  const turn = (work: () => Promise<void>): Promise<void> => (last = last.then(work));
  return {
    data: (bytes, position) => turn(() => write(bytes, position)),
    zeros: (position, length) => turn(() => writeZeros(position, length, write)),
  };
}

async function writeZeros(position: number, length: number, write: Sink['data']): Promise<void> {
  for (let done = 0; done < length; done += ZEROS.length)
    await write(ZEROS.subarray(0, Math.min(ZEROS.length, length - done)), position + done);
}

/** The error of a target that cannot be written; `TOO_MANY_OPEN_FILES` if it was not opened for that reason. */
export function unwritable(file: string, cause: unknown): DescriptorError {
  if (cause instanceof DescriptorError) return cause;
  const exhausted = tooManyOpen(file, cause);
  if (exhausted !== undefined) return exhausted;
  const finding =
    failureOf(cause) === 'EPIPE'
      ? diagnostic('EXPORT_PIPE_CLOSED', { file })
      : diagnostic('FILE_UNWRITABLE', { file, reason: reasonOf(cause) });
  return new DescriptorError([finding], { cause });
}
