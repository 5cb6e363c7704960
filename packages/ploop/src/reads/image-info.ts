import { isBase, SECTOR_SIZE, sectors, toBytes, type Bytes } from '@ploop/descriptor';
import { headerAt, readable, status, type Steps } from '@ploop/descriptor/node';

import { stateOf, type DiskState } from '../state.ts';
import { topDeltaOf } from './top-delta.ts';

/** The parameters of the top delta. */
export interface ImageInfo {
  /** Virtual size of the disk. */
  readonly size: Bytes;
  readonly clusterSize: Bytes;
  /** Format version: 1 or 2, 0 for a raw image. */
  readonly version: 0 | 1 | 2;
}

/** How long a disk may change under a read before the read gives up, in milliseconds. */
const PATIENCE_MS = 10_000;

/**
 * The parameters of the top delta from its own header, as `ploop info -s` of a disk that is not mounted: what the
 * descriptor says of the size can be out of date after a switch. Read again where the descriptor changed meanwhile.
 */
export function* imageInfoOf(descriptorPath: string): Steps<ImageInfo> {
  const started = performance.now();
  for (;;) {
    const before = yield* readable(descriptorPath, status(descriptorPath));
    const result = yield* attempt(infoOf(yield* stateOf(descriptorPath)));
    const after = yield* readable(descriptorPath, status(descriptorPath));
    const isSame =
      before.ino === after.ino && before.mtimeNs === after.mtimeNs && before.size === after.size;
    if (!isSame && performance.now() - started < PATIENCE_MS) continue;
    if ('failure' in result) throw result.failure;
    return result.info;
  }
}

function* attempt(
  steps: Steps<ImageInfo>,
): Steps<{ readonly info: ImageInfo } | { readonly failure: unknown }> {
  try {
    return { info: yield* steps };
  } catch (failure) {
    return { failure };
  }
}

function* infoOf(state: DiskState): Steps<ImageInfo> {
  const { descriptor, top } = state;
  const file = topDeltaOf(state);
  // Of a raw disk only the base is raw, whatever the Type of the others says.
  if (descriptor.mode === 'raw' && isBase(top)) {
    const { size } = yield* readable(file, status(file));
    const whole = sectors(Math.floor(Number(size) / SECTOR_SIZE));
    return { size: toBytes(whole), clusterSize: toBytes(descriptor.blockSize), version: 0 };
  }
  const header = yield* headerAt(file);
  return {
    size: toBytes(header.size),
    clusterSize: toBytes(header.blockSize),
    version: header.version,
  };
}
