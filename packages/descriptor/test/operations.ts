import { join } from 'node:path';

import { resolveFile, sameGuid, type DiskDescriptor } from '../src/index.ts';
import {
  planDelete,
  planMerge,
  planReplace,
  planSnapshot,
  planSwitch,
  type Plan,
} from '../src/plan/index.ts';

/** What an operation is about, picked from a disk. */
export interface Subject {
  readonly before: DiskDescriptor;
  readonly directory: string;
  readonly guid: string;
  readonly other: string;
  /** Known on no disk. */
  readonly unused: string;
  /** A copy of the image of `guid`. */
  readonly copy: string;
}

/** The same operation as a plan and as calls of the tool. */
export interface Operation {
  readonly plan: Plan;
  /** Without the descriptor, which comes last. */
  readonly calls: readonly (readonly string[])[];
}

/** The top as the tool always spells it. */
const TOP = '{5fbaabe3-6958-40ff-92a7-860e329aab41}';

const one = (plan: Plan, ...call: readonly string[]): Operation => ({ plan, calls: [call] });

/** Every operation that can be planned. */
export const operations = {
  snapshot: ({ before, directory, unused: guid }: Subject) =>
    one(planSnapshot(before, { guid }, { directory }), 'snapshot', '-u', guid),
  'snapshot-taken': ({ before, directory, guid }: Subject) =>
    one(planSnapshot(before, { guid }, { directory }), 'snapshot', '-u', guid),
  switch: ({ before, directory, guid }: Subject) =>
    one(planSwitch(before, { guid }, { directory }), 'snapshot-switch', '-u', guid),
  'switch-keep': ({ before, directory, guid, unused }: Subject) => ({
    plan: planSwitch(before, { guid, keepOldTop: { guid: unused } }, { directory }),
    calls: [
      ['snapshot', '-u', unused],
      ['snapshot-switch', '-u', guid],
    ],
  }),
  'switch-reuse': ({ before, directory, guid }: Subject) => {
    const { topGuid = TOP } = before;
    const top = before.shots.find((shot) => sameGuid(shot.guid, topGuid));
    const isParent = [guid, `{${guid}}`].some((text) => sameGuid(text, top?.parentGuid ?? ''));
    const discard = ['snapshot-delete', '-u', isParent ? topGuid : TOP];
    return {
      plan: planSwitch(before, { guid, reuseTarget: true }, { directory }),
      calls: isParent ? [discard] : [['snapshot-switch', '-u', guid], discard],
    };
  },
  delete: ({ before, directory, guid }: Subject) =>
    one(planDelete(before, { guid }, { directory }), 'snapshot-delete', '-u', guid),
  'delete-top': ({ before, directory }: Subject) =>
    one(planDelete(before, { guid: TOP }, { directory }), 'snapshot-delete', '-u', TOP),
  merge: ({ before, directory, guid }: Subject) =>
    one(planMerge(before, { guid }, { directory }), 'snapshot-merge', '-u', guid),
  'merge-top': ({ before, directory }: Subject) =>
    one(planMerge(before, {}, { directory }), 'snapshot-merge'),
  'merge-all': ({ before, directory }: Subject) =>
    one(planMerge(before, { all: true }, { directory }), 'snapshot-merge', '-A'),
  'merge-range': ({ before, directory, guid, other: ancestor }: Subject) =>
    one(
      planMerge(before, { guid, ancestor }, { directory }),
      'snapshot-merge',
      '-u',
      guid,
      '-U',
      ancestor,
    ),
  'merge-all-new': ({ before, directory, copy }: Subject) =>
    one(
      planMerge(before, { all: true, newFile: join(directory, `${copy}-new`) }, { directory }),
      ...['snapshot-merge', '-A', '-n', join(directory, `${copy}-new`)],
    ),
  'merge-range-new': ({ before, directory, guid, other: ancestor, copy }: Subject) =>
    one(
      planMerge(before, { guid, ancestor, newFile: join(directory, `${copy}-new`) }, { directory }),
      ...['snapshot-merge', '-u', guid, '-U', ancestor, '-n', join(directory, `${copy}-new`)],
    ),
  replace: ({ before, directory, guid, copy }: Subject) =>
    one(
      planReplace(before, { target: { guid }, newFile: join(directory, copy) }, { directory }),
      ...['replace', '-u', guid, '-i', join(directory, copy)],
    ),
  'replace-keep': ({ before, directory, guid, copy }: Subject) => {
    const image = before.images.find((candidate) => sameGuid(candidate.guid, guid));
    const file = resolveFile(directory, image?.file ?? 'nowhere');
    const newFile = join(directory, copy);
    return one(
      planReplace(before, { target: { file }, newFile, keepName: true }, { directory }),
      ...['replace', '-k', '-o', file, '-i', newFile],
    );
  },
} satisfies Record<string, (subject: Subject) => Operation>;
