import { isBase, resolveFile, toBytes } from '@ploop/descriptor';
import { headerAt, readable, status, type Steps } from '@ploop/descriptor/node';

import type { Evidence } from '../memory.ts';
import type { DiskState } from '../state.ts';

/** What an unmount writes to the image after it has written `.statfs`, in nanoseconds. */
const UNMOUNT_NS = 5_000_000_000n;
const HEADER_BYTES = 64;
const ENTRY_BYTES = 4;

/** Whether the data of a disk were written after a time, and the images that told. */
interface Look {
  readonly written: boolean;
  readonly looked: readonly Evidence[];
}

/**
 * Whether data of the top have been written after a time: then what was known of the file system at that time may not
 * hold. Deltas that are empty, as after a snapshot, do not count, those below them do.
 */
export function* lookAtTop(state: DiskState, timeNs: bigint): Steps<Look> {
  const looked: Evidence[] = [];
  for (const node of state.graph.chain(state.top.guid).toReversed()) {
    if (node.image === undefined) break;
    const path = resolveFile(state.directory, node.image.file);
    const stats = yield* readable(path, status(path));
    looked.push({ path, identity: stats });
    if (stats.mtimeNs <= timeNs + UNMOUNT_NS) return { written: false, looked };
    if (isBase(node) || !(yield* isEmpty(path, stats.size))) break;
  }
  return { written: true, looked };
}

/** Whether a delta holds its header and its block allocation table, and no data. */
function* isEmpty(file: string, fileBytes: bigint): Steps<boolean> {
  const { size, blockSize } = yield* headerAt(file);
  const tableBytes = HEADER_BYTES + ENTRY_BYTES * (size / blockSize);
  const clusterBytes = toBytes(blockSize);
  return fileBytes <= BigInt(Math.ceil(tableBytes / clusterBytes) * clusterBytes);
}
