import { inspect } from 'node:util';

import {
  DescriptorError,
  diagnostic,
  parseGuidArgument,
  type DiskDescriptor,
  type Guid,
  type SnapshotGraph,
  type SnapshotNode,
} from '@ploop/descriptor';
import type { Steps } from '@ploop/descriptor/internal';
import type { FileIdentity } from '@ploop/descriptor/node';
import { descriptorAt } from '@ploop/descriptor/node/internal';
import { RefusedError } from '@ploop/runner';

/** A disk at one moment: its descriptor as one read saw it. */
export interface DiskState {
  readonly directory: string;
  /** Of the descriptor when it was read. */
  readonly identity: FileIdentity;
  readonly descriptor: DiskDescriptor;
  readonly graph: SnapshotGraph;
  readonly top: SnapshotNode;
}

/**
 * Reads the state of a disk, without a lock: the tool replaces the descriptor as a whole, so a reader sees it before or
 * after a change and never waits for one.
 *
 * @throws DescriptorError where the descriptor cannot be read or the tool would refuse it.
 */
export function* stateOf(descriptorPath: string): Steps<DiskState> {
  const loaded = yield* descriptorAt(descriptorPath);
  if (loaded.accepted) {
    const { directory, identity, descriptor, graph } = loaded;
    const { top } = graph;
    if (top !== undefined) return { directory, identity, descriptor, graph, top };
  }
  const [first = diagnostic('TOP_GUID_MISSING', {}), ...rest] = loaded.diagnostics;
  throw new DescriptorError([first, ...rest]);
}

/**
 * The GUID that a caller gave, braces or not, any case.
 *
 * @throws RefusedError `GUID_INVALID`
 */
export function guidOf(text: unknown): Guid {
  const guid = typeof text === 'string' ? parseGuidArgument(text) : undefined;
  if (guid === undefined) throw new RefusedError('GUID_INVALID', `${inspect(text)} is not a GUID`);
  return guid;
}

/**
 * The shot that a caller means. Its `guid` is in the descriptor's own spelling, the only one that is safe to give to the
 * tool.
 *
 * @throws RefusedError `GUID_INVALID` or `SNAPSHOT_UNKNOWN`
 */
export function nodeOf({ graph }: DiskState, text: string): SnapshotNode {
  const guid = guidOf(text);
  const node = graph.node(guid);
  if (node === undefined)
    throw new RefusedError('SNAPSHOT_UNKNOWN', `there is no snapshot ${guid}`);
  return node;
}

/** A GUID as the descriptor spells it, which is what mutations give to the tool; any other text as it is. */
export function spelled({ graph }: Pick<DiskState, 'graph'>, text: string): string {
  const guid = parseGuidArgument(text);
  return (guid === undefined ? undefined : graph.node(guid)?.guid) ?? text;
}
