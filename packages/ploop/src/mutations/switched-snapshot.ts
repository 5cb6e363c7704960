import type { Guid } from '@ploop/descriptor';

/** A disk that continues from another snapshot. */
export interface SwitchedSnapshot {
  /** Absolute path of the delta that is written to from now on: a new, empty one, or the target's. */
  readonly topDelta: string;
  /** The snapshot that keeps what was in the old top; only with `keepOldTop`. */
  readonly oldTop?: Guid | undefined;
}
