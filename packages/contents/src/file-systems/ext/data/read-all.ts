import type { Steps } from '@ploop/descriptor/internal';

import type { Device } from '../../../device/line-cache.ts';
import { failure } from '../../../findings/findings.ts';
import type { Inode } from '../layout/inode.ts';
import type { ContentMap } from './content.ts';

/** The first `length` bytes of a file, for content that is small by its kind. */
export function* readAll(
  device: Device,
  contentMap: ContentMap,
  inode: Inode,
  length: number,
): Steps<Uint8Array> {
  const all = new Uint8Array(length);
  for (let position = 0; position < length;) {
    const run = yield* contentMap(inode, position, length);
    const target = all.subarray(position, position + run.length);
    if (run.inline !== undefined) target.set(run.inline.subarray(0, target.length));
    else if (run.at !== undefined && !(yield* device.fill(target, run.at)))
      throw failure('BLOCK_MAP_DAMAGED', {
        ...{ inode: inode.stat.inode, reason: 'place' },
        position: run.at,
      });
    position += run.length;
  }
  return all;
}
