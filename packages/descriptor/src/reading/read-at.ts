import { READING } from '../arguments/reading.ts';
import { requireCall } from '../arguments/require.ts';
import { diagnostic } from '../diagnostics/diagnostic.ts';
import { DescriptorError } from '../errors.ts';
import { perform, runAsync, type Steps } from '../steps.ts';
import { tooManyOpen } from '../too-many-open.ts';
import { bytes as toByteCount, type Bytes } from '../units.ts';

/**
 * Reads the bytes of a file from byte `position` on into `target`, and returns how many: fewer than `target` holds only
 * where the file ends. Rejects where the file cannot be read. `target` belongs to the reader until it settles.
 */
export type ReadAt = (target: Uint8Array, position: number) => Promise<number>;

/** {@link ReadAt}, blocking; throws where the file cannot be read. */
export type ReadAtSync = (target: Uint8Array, position: number) => number;

/** {@link ReadAt} as steps, for reads that are written once for both worlds. */
export type Reader = (target: Uint8Array, position: number) => Steps<number>;

/** An image file, wherever it is. */
export interface ImageSource {
  /** Its name, for findings. */
  readonly file: string;
  /** Size of the file. */
  readonly bytes: Bytes;
  readonly readAt: ReadAt;
  /** Absent where nothing can be read blocking. */
  readonly readAtSync?: ReadAtSync;
  /** Number of the open file, where there is one: other threads of the process can read it by that. */
  readonly fd?: number;
  /** Keeps the open file open until `work` has settled; rejects if it has been closed. Goes with `fd`. */
  readonly keepOpen?: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/**
 * Fills `target` from byte `position` on.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE` where the file ends before, or cannot be read.
 */
export function readFully(
  source: ImageSource,
  target: Uint8Array,
  position: number,
): Promise<void> {
  return runAsync(fill(source, target, position));
}

/** {@link readFully} as steps. */
export function* fill(source: ImageSource, target: Uint8Array, position: number): Steps<void> {
  const { file } = source;
  let count: number;
  try {
    count = yield* readerOf(source)(target, position);
  } catch (cause) {
    if (cause instanceof DescriptorError) throw cause;
    throw unreadable(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (count === target.length) return;
  throw unreadable(file, `it ends at byte ${String(position + count)}`);
}

/** What reads in whichever world its steps are run. */
export function readerOf({
  readAt,
  readAtSync = neverBlocking,
}: Pick<ImageSource, 'readAt' | 'readAtSync'>): Reader {
  return (target, position) =>
    perform({
      sync: () => readAtSync(target, position),
      async: () => readAt(target, position),
    });
}

function neverBlocking(): never {
  throw new TypeError('this source has no readAtSync');
}

/** The error of a file that cannot be read; `TOO_MANY_OPEN_FILES` if it was not opened for that reason. */
export function unreadable(file: string, reason: string, cause?: unknown): DescriptorError {
  const exhausted = tooManyOpen(file, cause);
  if (exhausted !== undefined) return exhausted;
  const options = cause === undefined ? undefined : { cause };
  return new DescriptorError([diagnostic('FILE_UNREADABLE', { file, reason })], options);
}

/** A source over bytes in memory. */
export function memorySource(file: string, bytes: Uint8Array): ImageSource {
  requireCall(READING.memorySource, [file, bytes]);
  const readAtSync: ReadAtSync = (target, position) => {
    const part = bytes.subarray(position, position + target.length);
    target.set(part);
    return part.length;
  };
  return {
    file,
    bytes: toByteCount(bytes.length),
    readAt: (target, position) => Promise.resolve(readAtSync(target, position)),
    readAtSync,
  };
}
