import type { PlanRefusalCode } from '@ploop/descriptor/plan';

/** What a refusal is about, for its text. */
interface Subject {
  readonly guid: string;
  readonly other: string;
}

type Text = readonly [place: string, text: (subject: Subject) => string];

const MERGE = 'ploop_merge_snapshot_by_guid (merge.c)';
const SWITCH = 'ploop_switch_snapshot_ex (snapshot.c)';
const DELETE = 'do_delete_snapshot (snapshot.c)';

/** What release 1.15 says where it refuses; it is silent about what is not here. Other releases say nearly the same. */
const TEXTS: Partial<Record<PlanRefusalCode, Text>> = {
  OLD_FORMAT: ['is_old_snapshot_format (snapshot.c)', () => 'Snapshot is in old format'],
  GUID_TAKEN: [
    'do_create_snapshot (snapshot.c)',
    ({ guid }) => `The snapshot ${guid} already exist`,
  ],
  SNAPSHOT_UNKNOWN: [DELETE, ({ guid }) => `Can't find snapshot by uuid ${guid}`],
  ALREADY_ON_TOP: [SWITCH, ({ guid }) => `Nothing to do, already on ${guid} snapshot`],
  TARGET_IS_TEMPORARY: [SWITCH, ({ guid }) => `Snapshot ${guid} is temporary`],
  BASE_IMAGE: [DELETE, () => 'Unable to delete base image'],
  NO_PARENT: [MERGE, ({ guid }) => `Can't find parent of uuid ${guid} (is that a base image?)`],
  PARENT_IS_SHARED: [MERGE, ({ guid }) => `Can't merge to snapshot ${guid}: it has 2 children`],
  NOT_AN_ANCESTOR: [
    'ploop_di_can_merge_images (di.c)',
    ({ guid, other }) => `Can't find ${other} to be an ancestor of ${guid}`,
  ],
};

/** The text of a refusal; empty where the tool says nothing. */
export function refusalText(code: PlanRefusalCode, subject: Partial<Subject>): string {
  const [place, text] = TEXTS[code] ?? [];
  if (place === undefined || text === undefined) return '';
  const [func = '', file = ''] = place.split(' ');
  return `Error in ${func} ${file.replace(')', ':1)')}: ${text({ guid: '', other: '', ...subject })}`;
}
