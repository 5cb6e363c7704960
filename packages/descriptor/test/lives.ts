import { testGuid } from '@ploop/test-kit';
import fc from 'fast-check';

import { NIL_GUID, type DiskDescriptor } from '../src/index.ts';
import { operations, type Subject } from './operations.ts';

/** Which operation, and numbers that pick what it is about. */
export type Step = readonly [
  name: keyof typeof operations,
  guid: number,
  other: number,
  spelling: keyof typeof spellings,
];

const spellings = {
  same: (guid: string) => guid,
  upper: (guid: string) => guid.toUpperCase(),
  lower: (guid: string) => guid.toLowerCase(),
  bare: (guid: string) => guid.slice(1, -1),
};

const names = Object.keys(operations) as (keyof typeof operations)[];
const stepOf = (...choice: readonly Step[0][]): fc.Arbitrary<Step> =>
  fc.tuple(
    fc.constantFrom(...choice),
    fc.noBias(fc.nat({ max: 999 })),
    fc.noBias(fc.nat({ max: 999 })),
    fc.constantFrom('same', 'same', 'upper', 'lower', 'bare'),
  );

/** What other writers may have made of a descriptor; all of it is accepted. */
export const edits = {
  nothing: (text: string) => text,
  'old format': (text: string) =>
    text.replaceAll(
      '{5fbaabe3-6958-40ff-92a7-860e329aab41}',
      '{ABcdef11-0000-4000-8000-000000000000}',
    ),
  'upper-case top': (text: string) => text.replaceAll('5fbaabe3', '5FBAABE3'),
  raw: (text: string) => text.replace('>Compressed<', '>Plain<'),
  'absolute names': (text: string, directory: string) =>
    text.replaceAll('<File>', `<File>${directory}/`),
  'another root': (text: string) => text.replaceAll('Parallels_disk', 'Some_disk'),
} satisfies Record<string, (text: string, directory: string) => string>;

/** A tree that grows and is thinned out, an edit, then anything. */
export interface Life {
  readonly growth: readonly Step[];
  readonly edit: keyof typeof edits;
  readonly ending: readonly Step[];
}

/** Lives of disks. */
export const lives: fc.Arbitrary<Life> = fc.record({
  growth: fc
    .tuple(
      fc.array(stepOf('snapshot', 'snapshot', 'switch'), {
        minLength: 3,
        maxLength: 14,
        size: 'max',
      }),
      fc.array(stepOf('delete', 'delete', 'switch', 'snapshot'), { maxLength: 8, size: 'max' }),
    )
    .map(([wood, cuts]) => [...wood, ...cuts]),
  edit: fc.oneof(
    fc.constant('nothing' as const),
    fc.constantFrom(...(Object.keys(edits) as (keyof typeof edits)[])),
  ),
  ending: fc.array(stepOf(...names), { minLength: 1, maxLength: 5 }),
});

/** What a step is about on a disk: mostly a shot of it. */
export function subjectOf(
  before: DiskDescriptor,
  directory: string,
  [, guid, other, spelling]: Step,
  count: number,
): Subject {
  const fresh = (index: number): string => `{ABcdef00${testGuid(index).slice(9)}`;
  const shots = before.shots.map((shot) => shot.guid);
  const strange = [fresh(9999), NIL_GUID, 'no GUID at all, not any'];
  const candidates = [...Array.from({ length: 6 }, () => shots).flat(), ...strange];
  const chosen = (index: number): string => candidates[index % candidates.length] ?? '';
  const spell = spellings[spelling];
  return {
    before,
    directory,
    guid: spell(chosen(guid)),
    other: spell(chosen(other)),
    unused: spell(fresh(count)),
    copy: `copy-${String(count)}`,
  };
}
