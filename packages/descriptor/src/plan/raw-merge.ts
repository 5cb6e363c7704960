import { isRawBase, type SnapshotNode } from '../graph/node.ts';
import type { DiskDescriptor } from '../model.ts';
import type { Behaviour } from '../releases/behaviour.ts';
import { refused, type Draft } from './draft.ts';
import { withTemporary } from './edit.ts';
import { planRefusal } from './refusals.ts';

/** What becomes of a merge into an image of a raw disk that a release cannot do; `undefined` if it can. */
export function rawMergeFault(
  descriptor: DiskDescriptor,
  lower: SnapshotNode,
  release: Behaviour,
): Draft | undefined {
  if (descriptor.mode !== 'raw') return undefined;
  if (!isRawBase(descriptor, lower))
    return release.mergesDeltasOfRaw
      ? undefined
      : refused(descriptor, planRefusal('RAW_DELTA_MERGE'));
  return release.mergesIntoRawBase
    ? undefined
    : refused(withTemporary(descriptor, lower.guid), planRefusal('RAW_BASE_MERGE'));
}
