import { diagnostic } from '../diagnostics/diagnostic.ts';
import { DescriptorError } from '../errors.ts';
import { bytes as toByteCount, type Bytes } from '../units.ts';

/**
 * Reads the bytes of a file from byte `position` on into `target`, and tells how many: fewer than `target` holds only
 * where the file ends. Rejects where the file cannot be read. `target` belongs to the reader until it settles.
 */
export type ReadAt = (target: Uint8Array, position: number) => Promise<number>;

/** An image file, wherever it is. */
export interface ImageSource {
  /** Its name, for findings. */
  readonly file: string;
  /** Size of the file. */
  readonly bytes: Bytes;
  readonly readAt: ReadAt;
}

/**
 * Fills `target` from byte `position` on.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE` where the file ends before, or cannot be read.
 */
export async function readFully(
  { file, readAt }: ImageSource,
  target: Uint8Array,
  position: number,
): Promise<void> {
  let count: number;
  try {
    count = await readAt(target, position);
  } catch (cause) {
    if (cause instanceof DescriptorError) throw cause;
    throw unreadable(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (count === target.length) return;
  throw unreadable(file, `it ends at byte ${String(position + count)}`);
}

function unreadable(file: string, reason: string, cause?: unknown): DescriptorError {
  const options = cause === undefined ? undefined : { cause };
  return new DescriptorError([diagnostic('FILE_UNREADABLE', { file, reason })], options);
}

/** A source over bytes in memory. */
export function memorySource(file: string, bytes: Uint8Array): ImageSource {
  return {
    file,
    bytes: toByteCount(bytes.length),
    readAt: (target, position) => {
      const part = bytes.subarray(position, position + target.length);
      target.set(part);
      return Promise.resolve(part.length);
    },
  };
}
