import { resolveFile, type Guid } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/node';
import { planMerge } from '@ploop/descriptor/plan';
import { commands } from '@ploop/runner';

import { refuseHarm } from '../plan-refused.ts';
import { refuseDamaged } from '../refuse-damaged.ts';
import { nodeOf, stateOf } from '../state.ts';
import { outcomeOf } from '../verify.ts';
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
  refuseDamaged(before);
  // Without a GUID the tool merges the top: the shortest call is the one that every release knows.
  const target = upper === before.top ? {} : { guid: upper.guid };
  await refuseHarm(runner, before, 'snapshot-merge', (descriptor, options) =>
    planMerge(descriptor, target, options),
  );
  const input = { descriptor: descriptorPath, ...target };
  const { stdout } = await runner.complete(commands.snapshotMerge, input, { signal });
  const expected = `${upper.parentGuid} merged into ${upper.guid}`;
  return outcomeOf(
    { runner, descriptorPath },
    { operation: 'snapshot-merge', expected, before, stdout },
    ({ after: { graph, top, directory }, told, isWritten }) => {
      // Others may have taken a snapshot before the merge, which is then what the top was merged into.
      const lower = told.merged[0]?.lower ?? upper.parentGuid;
      if (graph.node(lower) !== undefined) return undefined;
      const merged = upper === before.top ? top : graph.node(upper.guid);
      if (merged?.image !== undefined)
        return { guid: merged.guid, file: resolveFile(directory, merged.image.file) };
      const file = before.graph.node(lower)?.image?.file;
      return isWritten && file !== undefined
        ? { guid: upper.guid, file: resolveFile(directory, file) }
        : undefined;
    },
  );
}
