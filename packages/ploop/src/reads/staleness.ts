import { isBase, toBytes } from '@ploop/descriptor';
import type { Steps } from '@ploop/descriptor/internal';
import type { Confinement } from '@ploop/descriptor/node';
import type { NamedFile } from '@ploop/descriptor/node/internal';
import { namedHeaderFileAt } from '@ploop/offline/internal';

import type { Evidence } from '../state/evidence.ts';
import { namedImage, namedStatus } from '../state/named-image.ts';
import type { DiskState } from '../state/state.ts';

/** What an unmount writes to the image after it has written `.statfs`, in nanoseconds. */
const UNMOUNT_NS = 5_000_000_000n;
const HEADER_BYTES = 64;
const ENTRY_BYTES = 4;

/** Whether the data of a disk were written after a time, and the images that show it. */
interface Look {
  readonly written: boolean;
  readonly looked: readonly Evidence[];
}

/**
 * Whether data of the top have been written after a time: then what was known of the file system at that time may not
 * hold. Deltas that are empty, as after a snapshot, do not count, those below them do.
 */
export function* lookAtTop(
  state: DiskState,
  confinement: Confinement,
  timeNs: bigint,
): Steps<Look> {
  const looked: Evidence[] = [];
  for (const node of state.graph.chain(state.top.guid).toReversed()) {
    const named = namedImage(state, node);
    if (named === undefined) break;
    const stats = yield* namedStatus(named, confinement);
    looked.push({ path: named.file, identity: stats });
    if (stats.mtimeNs <= timeNs + UNMOUNT_NS) return { written: false, looked };
    if (isBase(node) || !(yield* isEmpty(named, confinement, stats.size))) break;
  }
  return { written: true, looked };
}

/** Whether a delta holds its header and its block allocation table, and no data. */
function* isEmpty(named: NamedFile, confinement: Confinement, fileBytes: bigint): Steps<boolean> {
  const { size, blockSize } = (yield* namedHeaderFileAt(named, confinement)).header;
  const tableBytes = HEADER_BYTES + ENTRY_BYTES * (size / blockSize);
  const clusterBytes = toBytes(blockSize);
  return fileBytes <= BigInt(Math.ceil(tableBytes / clusterBytes) * clusterBytes);
}
