import { basename } from 'node:path';

import { sameGuid, type Guid, type SnapshotNode } from '@ploop/descriptor';

import type { DiskView } from './disk-view.ts';
import { changes, type Change, type Effect } from './effect.ts';
import { shotsOf } from './found.ts';

/** A shot of a disk, as commands are given it. */
interface ShotInput {
  readonly descriptor: string;
  readonly guid: Guid;
}

/** What a merge is given. */
interface MergeInput {
  readonly descriptor: string;
  readonly guid?: Guid | undefined;
  readonly ancestor?: Guid | undefined;
  readonly all?: boolean | undefined;
  readonly into?: string | undefined;
}

/** A new snapshot on the chain of the top. Others may have switched away from it since, or have removed it. */
export function snapshotTaken(
  descriptor: string,
  guidIn: (stdout: string) => Guid | undefined,
): Effect {
  return changes(descriptor, async ({ after, reported, stdout, isWritten }) => {
    const { graph } = after;
    const guid = guidIn(stdout);
    if (guid === undefined) return 'out-of-sight';
    if (graph.node(guid) !== undefined && graph.isActive(guid)) return 'shown';
    if (reported.created.length > 0 && (await isWritten())) return 'shown';
    return { expected: `snapshot ${guid} below the top`, found: shotsOf(after) };
  });
}

/** A new snapshot that is marked temporary. */
export function temporaryTaken({ descriptor, guid }: ShotInput): Effect {
  return changes(descriptor, async ({ after, isWritten }) => {
    if (after.graph.node(guid)?.temporary === true || (await isWritten())) return 'shown';
    return { expected: `a temporary snapshot ${guid}`, found: shotsOf(after) };
  });
}

/** A new top on a snapshot. Others may have taken snapshots above the new top since, or have removed it. */
export function snapshotSwitched({ descriptor, guid }: ShotInput): Effect {
  return changes(descriptor, async ({ before, after, reported: { created }, isWritten }) => {
    const { graph, fileOf } = after;
    const [made] = created;
    const top = fileOf(graph.top);
    const isOnTarget = graph.top !== undefined && sameGuid(graph.top.parentGuid, guid);
    if (isOnTarget && top === (made ?? top) && top !== before.fileOf(before.graph.top))
      return 'shown';
    const isWrong = top === made && graph.node(guid) !== undefined;
    if (made !== undefined && !isWrong && (await isWritten())) return 'shown';
    return { expected: `a new top on ${guid}`, found: shotsOf(after) };
  });
}

/** A snapshot that is gone, or marked temporary where the tool says so. */
export function snapshotDeleted(
  { descriptor, guid }: ShotInput,
  isMarkedIn: (stdout: string) => boolean,
): Effect {
  return changes(descriptor, async (change) => {
    const { before, after, stdout, isWritten } = change;
    const target = before.graph.node(guid);
    const remains = remainsOf(target, change);
    if (isMarkedIn(stdout)) {
      // What is marked goes when others remove what hangs on it.
      const isMarked = remains === undefined ? await isWritten() : remains.temporary;
      return isMarked ? 'shown' : { expected: `${guid} marked temporary`, found: shotsOf(after) };
    }
    const isOtherTop = target !== undefined && target === before.graph.top;
    if (remains === undefined || (isOtherTop && (await hasRemoved(change)))) return 'shown';
    return { expected: `${guid} as gone`, found: shotsOf(after) };
  });
}

/** A shot is known by its file: its GUID passes to the parent when the top is deleted. */
function remainsOf(
  target: SnapshotNode | undefined,
  { before, after }: Change,
): SnapshotNode | undefined {
  const found = nodeOf(after, target);
  return after.fileOf(found) === before.fileOf(target) ? found : undefined;
}

/** Others may have put a delta on top before the run, which is then what it removed. */
async function hasRemoved({ reported, isWritten, look }: Change): Promise<boolean> {
  if (!(await isWritten())) return false;
  const kinds = await Promise.all(reported.removed.map((file) => look(file)));
  return kinds.includes('missing');
}

/** Shots that have been merged into another. */
export function snapshotMerged(input: MergeInput): Effect {
  return changes(input.descriptor, async ({ before, after, reported, isWritten }) => {
    const upper = input.guid === undefined ? before.graph.top : before.graph.node(input.guid);
    const all = upper === undefined ? [] : lowersOf(before, upper, input);
    // Others may have taken a snapshot before a merge of the top, which is then what that was merged into.
    const lowers =
      all.length > 1
        ? all
        : reported.merged
            .map(({ lower }) => lower)
            .concat(all)
            .slice(0, 1);
    const isLeft = lowers.some((lower) => after.graph.node(lower) !== undefined);
    const merged = upper === before.graph.top ? after.graph.top : nodeOf(after, upper);
    if (!isLeft && lowers.length > 0 && isIn(after.fileOf(merged), input.into)) return 'shown';
    if (!isLeft && (await isWritten())) return 'shown';
    const into = upper?.guid ?? input.guid ?? 'the top';
    return {
      expected: `${lowers.join(', ') || 'a parent'} merged into ${into}`,
      found: shotsOf(after),
    };
  });
}

/** The shots that are to go. */
function lowersOf(
  { graph }: DiskView,
  upper: SnapshotNode,
  { all, ancestor }: MergeInput,
): readonly string[] {
  const chain = graph.ancestors(upper.guid).map(({ guid }) => guid);
  if (all !== true && ancestor === undefined) return chain.slice(-1);
  const from = chain.findIndex((guid) => ancestor !== undefined && sameGuid(guid, ancestor));
  return chain.slice(Math.max(from, 0));
}

function nodeOf({ graph }: DiskView, shot: SnapshotNode | undefined): SnapshotNode | undefined {
  return shot && graph.node(shot.guid);
}

function isIn(file: string | undefined, into: string | undefined): boolean {
  return file !== undefined && (into === undefined || basename(file) === basename(into));
}
