import type { Guid } from '../guid.ts';
import type { DiskDescriptor } from '../model.ts';
import type { ReleaseName } from '../releases/release.ts';
import type { PlanRefusal } from './refusals.ts';
import type { PlanWarning } from './warnings.ts';

/** One thing that is done to files. Names are as a descriptor writes them, so relative to its directory. */
export type PlannedAction =
  | { readonly action: 'create'; readonly file: string }
  | { readonly action: 'remove'; readonly file: string }
  | { readonly action: 'merge'; readonly file: string; readonly into: string }
  | { readonly action: 'rename'; readonly file: string; readonly to: string };

/** What becomes of an operation as a whole. */
export type PlanOutcome =
  | 'created'
  | 'switched'
  | 'deleted'
  | 'merged'
  | 'replaced'
  | 'marked-temporary'
  | 'nothing'
  | 'refused';

/**
 * What an operation would do to a disk that is not mounted. Only the descriptor is looked at: files that are missing,
 * damaged, or do not fit each other can still make the tool fail.
 */
export interface Plan {
  /**
   * The descriptor afterwards. After a refusal that is the one before, except for what the tool had merged by then:
   * temporary snapshots, marks, and all up to the fork where a release merges everything one by one.
   */
  readonly descriptor: DiskDescriptor;
  /** In the tool's order. */
  readonly actions: readonly PlannedAction[];
  readonly outcome: PlanOutcome;
  /** Why it is refused; empty unless `outcome` is `refused`. */
  readonly refusals: readonly PlanRefusal[];
  /** What is easily overlooked. */
  readonly warnings: readonly PlanWarning[];
}

/** How to plan. */
export interface PlanOptions {
  /** The release whose behaviour is planned: `8.0.30`, or the last known one of a line, such as `9`. Default: `1.15`. */
  readonly release?: ReleaseName | undefined;
  /**
   * Real directory of the descriptor, free of symlinks. Where it is given, names of images in it are written relative
   * to it, as the tool does; without it they stay as they are.
   */
  readonly directory?: string | undefined;
}

/** How to plan an operation that makes a delta. */
export interface NewDeltaOptions extends PlanOptions {
  /** Makes the GUID in the name of a new delta, where the input has none. Default: a random one. */
  readonly randomGuid?: (() => Guid) | undefined;
}
