import type { Guid } from '@ploop/descriptor';

import { descriptorPath, option } from '../argv.ts';
import { nothing, type Command } from '../command.ts';

/** Input of `ploop snapshot-merge`. */
export interface SnapshotMergeInput {
  readonly descriptor: string;
  /** What is merged into its parent, in the descriptor's own spelling. Default: the top. */
  readonly guid?: Guid | undefined;
}

/**
 * `ploop snapshot-merge`: merges a shot into its parent. The upper GUID and the lower file remain. Exit codes: 38 no
 * parent, or a parent with more children; 11 the two differ in cluster size or version.
 */
export const snapshotMerge: Command<SnapshotMergeInput, void> = {
  name: 'snapshot-merge',
  verbosity: 0,
  mutates: true,
  disk: ({ descriptor }) => descriptor,
  argv: ({ descriptor, guid }) => [...option('-u', guid), descriptorPath(descriptor)],
  parse: nothing,
};
