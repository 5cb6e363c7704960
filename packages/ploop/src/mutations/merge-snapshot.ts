import { DescriptorError, diagnostic, resolveFile, type Guid } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/node';

import { nodeOf, stateOf } from '../state.ts';
import type { MutationOptions, Target } from './target.ts';

/** Two shots that have become one. */
export interface MergedSnapshot {
  /** The upper GUID, which remains. The one of the parent is gone. */
  readonly guid: Guid;
  /** Absolute path of the file that holds the data of both. */
  readonly file: string;
}

/** Merges a snapshot, or the top, into its parent. */
export async function mergeSnapshot(
  { descriptorPath, runner }: Target,
  guid?: string,
  { signal }: MutationOptions = {},
): Promise<MergedSnapshot> {
  const before = await runAsync(stateOf(descriptorPath));
  const upper = guid === undefined ? before.top : nodeOf(before, guid);
  await runner.snapshotMerge(
    // Without a GUID the tool merges the top: the shortest call is the one that every release knows.
    upper === before.top
      ? { descriptor: descriptorPath }
      : { descriptor: descriptorPath, guid: upper.guid },
    signal && { signal },
  );
  const after = await runAsync(stateOf(descriptorPath));
  const merged = upper === before.top ? after.top : after.graph.node(upper.guid);
  if (merged?.image === undefined)
    throw new DescriptorError([diagnostic('SHOT_WITHOUT_IMAGE', { guid: upper.guid })]);
  return { guid: merged.guid, file: resolveFile(after.directory, merged.image.file) };
}
