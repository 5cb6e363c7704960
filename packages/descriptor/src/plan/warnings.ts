import type { Guid } from '../guid.ts';

const hints = {
  CONVERTED: 'The descriptor is in an old format: the top gets the GUID that every release uses.',
  TEMPORARY_MERGED:
    'These temporary snapshots are merged away along, as the tool does where it can.',
  STATE_LOST: 'The states of these snapshots are gone afterwards: their files hold later data.',
  TOP_DISCARDED: 'What was written since the last snapshot is lost.',
  BRANCH_REMOVED:
    'Nothing hangs on these snapshots: no other has what was written to them, and it is gone afterwards.',
  SIZE_OF_TARGET:
    'The new top has the size that the disk had at this snapshot, whatever the descriptor says.',
  MARKED_TEMPORARY:
    'The snapshot has several children: it is only marked, and goes when all but one of them have gone.',
  SNAPSHOTS_BLOCKED:
    'No snapshot can be taken until all but one child of these temporary snapshots have gone.',
  MERGE_MARKS_PARENT:
    'This release marks these snapshots temporary before it merges, and leaves the mark where that fails.',
  TWO_STEPS: 'This takes two calls of the tool; between them the disk is in a valid state.',
  OLD_FILE_STAYS: 'The replaced file stays where it is; nothing refers to it any more.',
} as const satisfies Record<string, string>;

/** What a plan warns of: a closed set. */
export type PlanWarningCode = keyof typeof hints;

/** Something that is easily overlooked. */
export interface PlanWarning {
  readonly code: PlanWarningCode;
  readonly hint: string;
  /** The shots concerned, as spelled in the descriptor before the operation. */
  readonly guids: readonly Guid[];
}

/** A warning about some shots; none if it needs some and the disk has none. */
export function planWarning(code: PlanWarningCode, guids: readonly Guid[]): readonly PlanWarning[] {
  return guids.length === 0 ? [] : [{ code, hint: hints[code], guids }];
}
