import type { DescriptorError } from '@ploop/descriptor';
import { unreadable, type ImageSource, type Steps } from '@ploop/descriptor/internal';

import type { Decode } from '../../image-segment.ts';
import { readBytes } from '../bytes.ts';
import type { CompressedPlace } from '../qcow2-layout.ts';
import type { Decoder } from '../../decoder.ts';

/** Decompressed clusters that are kept: 8 MiB. */
const KEPT_BYTES = 2 ** 23;

/** Decompresses clusters of an image; the last ones are kept, as small reads come one after the other. */
export function createClusterDecoder(
  source: ImageSource,
  clusterBytes: number,
  decoder: Decoder,
): (place: CompressedPlace, start: number) => Decode {
  const kept = new Map<number, Uint8Array>();
  const most = KEPT_BYTES / clusterBytes;

  function* decoded({ offset, length }: CompressedPlace): Steps<Uint8Array> {
    const known = kept.get(offset);
    if (known !== undefined) return known;
    const stored = yield* readBytes(source, offset, Math.min(length, source.bytes - offset));
    const bytes = yield* decompressed(stored, offset);
    kept.set(offset, bytes);
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    return bytes;
  }

  function* decompressed(stored: Uint8Array, offset: number): Steps<Uint8Array> {
    const failed = (reason: string, cause?: unknown): DescriptorError =>
      unreadable(
        source.file,
        `the compressed cluster at byte ${String(offset)} cannot be decompressed: ${reason}`,
        cause,
      );
    let bytes: Uint8Array;
    try {
      bytes = yield* decoder(stored, clusterBytes);
    } catch (cause) {
      throw failed(cause instanceof Error ? cause.message : String(cause), cause);
    }
    if (bytes.length !== clusterBytes) throw failed(`it has ${String(bytes.length)} bytes`);
    return bytes;
  }

  return (place, start) =>
    function* (target, position) {
      const bytes = yield* decoded(place);
      target.set(bytes.subarray(position - start, position - start + target.length));
    };
}
