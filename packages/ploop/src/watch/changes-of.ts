import { resolveFile, toBytes, type Guid, type SnapshotNode } from '@ploop/descriptor';

import type { DiskState } from '../state/state.ts';
import type { DiskChange } from './disk-change.ts';

/** What has changed from one state of a disk to another. Who did what is not known: states are compared. */
export function changesOf(before: DiskState, after: DiskState): readonly DiskChange[] {
  const switched = switchOf(before, after);
  const changes: readonly DiskChange[] = [
    ...goneFrom(before, after),
    ...addedTo(before, after),
    ...switched,
    ...alteredIn(before, after),
    ...resizeOf(before, after),
  ];
  if (changes.length > 0 || isAlike(before, after)) return changes;
  return [{ change: 'descriptor-changed' }];
}

function goneFrom(before: DiskState, after: DiskState): readonly DiskChange[] {
  return before.graph.nodes
    .filter(({ guid }) => after.graph.node(guid) === undefined)
    .map(({ guid }) => {
      const into = heirOf(before, after, guid);
      return into === undefined
        ? { change: 'snapshot-removed', guid }
        : { change: 'snapshot-merged', guid, into };
    });
}

/** The shot that has what a lost one had: the one in its file, or the next above it that was merged with it. */
function heirOf(before: DiskState, after: DiskState, lost: Guid): Guid | undefined {
  let current = before.graph.node(lost);
  const file = current && fileOf(before, current);
  const owner = after.graph.nodes.find(
    (node) => file !== undefined && fileOf(after, node) === file,
  );
  if (owner !== undefined) return owner.guid;
  const seen = new Set<Guid>();
  while (current !== undefined && !seen.has(current.guid)) {
    seen.add(current.guid);
    const remaining = after.graph.node(current.guid);
    if (remaining !== undefined)
      return isInherited(before, after, remaining) ? remaining.guid : undefined;
    const above = before.graph.children(current.guid);
    const survivor = above.find(({ guid }) => after.graph.node(guid) !== undefined);
    current = survivor ?? above[0];
  }
  return undefined;
}

/** Whether a shot has a file now that was of a shot below it. */
function isInherited(before: DiskState, after: DiskState, node: SnapshotNode): boolean {
  const file = fileOf(after, node);
  const below = before.graph.ancestors(node.guid).map((ancestor) => fileOf(before, ancestor));
  return file !== undefined && below.includes(file);
}

function addedTo(before: DiskState, after: DiskState): readonly DiskChange[] {
  return after.graph.nodes
    .filter(({ guid }) => before.graph.node(guid) === undefined)
    .map((node) => ({
      change: 'snapshot-added',
      guid: node.guid,
      parentGuid: node.parentGuid,
      file: fileOf(after, node),
    }));
}

function switchOf(before: DiskState, after: DiskState): readonly DiskChange[] {
  const file = fileOf(before, before.top);
  const chain = after.graph.chain(after.top.guid).map((node) => fileOf(after, node));
  if (chain.includes(file) || isInherited(before, after, after.top)) return [];
  return [
    {
      change: 'switched',
      from: before.top.parentGuid,
      to: originOf(before, after),
      topDelta: fileOf(after, after.top),
    },
  ];
}

/** The snapshot that the new top continues from: its parent, or itself where that was reused. */
function originOf(before: DiskState, after: DiskState): Guid {
  const file = fileOf(after, after.top);
  const reused = before.graph.nodes.find((node) => fileOf(before, node) === file);
  return reused?.guid ?? after.top.parentGuid;
}

function alteredIn(before: DiskState, after: DiskState): readonly DiskChange[] {
  const earlierFiles = new Set(before.graph.nodes.map((node) => fileOf(before, node)));
  return after.graph.nodes.flatMap((node): readonly DiskChange[] => {
    const earlier = before.graph.node(node.guid);
    if (earlier === undefined) return [];
    const { guid, temporary } = node;
    const from = fileOf(before, earlier);
    const file = fileOf(after, node);
    const isReplaced = node !== after.top && from !== file && !earlierFiles.has(file);
    return [
      ...(isReplaced ? [{ change: 'image-replaced', guid, from, file } as const] : []),
      ...(earlier.temporary === temporary
        ? []
        : [{ change: 'snapshot-marked', guid, temporary } as const]),
    ];
  });
}

function resizeOf(before: DiskState, after: DiskState): readonly DiskChange[] {
  const { size } = after.descriptor;
  return size === before.descriptor.size ? [] : [{ change: 'resized', size: toBytes(size) }];
}

function isAlike(before: DiskState, after: DiskState): boolean {
  return JSON.stringify(before.descriptor) === JSON.stringify(after.descriptor);
}

function fileOf({ directory }: DiskState, { image }: SnapshotNode): string | undefined {
  return image && resolveFile(directory, image.file);
}
