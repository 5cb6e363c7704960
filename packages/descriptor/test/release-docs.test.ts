import { join } from 'node:path';

import { expect, test } from 'vitest';

import { planBands, type BandPlan, type PlannedOperation } from '../src/plan/index.ts';
import type { DiskDescriptor } from '../src/index.ts';
import { diskOf, guidOf } from './tree.ts';

const docs = join(import.meta.dirname, '../../../docs/releases.md');

const A = guidOf('a');
const chain = diskOf('a:f0<- b:f1<a T:f2<b');
const forked = diskOf('a:f0<- b:f1<a c:f3<a T:f2<a');
const stuck = diskOf('a*:f0<- b:f1<a c:f3<a T:f2<a');
const former = diskOf('a:f0<- b:f1<a', guidOf('b'));
const taken = diskOf('T:f0<- b:f1<T', guidOf('b'));
const marked = diskOf('a*:f0<- b:f1<a T:f2<b');
const raw = (disk: DiskDescriptor): DiskDescriptor => ({ ...disk, mode: 'raw' });
const volume = (disk: DiskDescriptor): DiskDescriptor => ({
  ...disk,
  volume: { parent: '../parent', readOnly: false },
});

const snapshot: PlannedOperation = { operation: 'snapshot', input: { guid: guidOf('e') } };
const remove: PlannedOperation = { operation: 'delete', input: { guid: A } };
const merge: PlannedOperation = { operation: 'merge', input: {} };
const mergeAll: PlannedOperation = { operation: 'merge', input: { all: true } };
const mergeInto: PlannedOperation = { operation: 'merge', input: { newFile: 'new' } };
const mergeAllInto: PlannedOperation = { operation: 'merge', input: { all: true, newFile: 'new' } };
const replace: PlannedOperation = {
  operation: 'replace',
  input: { target: { guid: A }, newFile: 'copy' },
};
const change: PlannedOperation = { operation: 'switch', input: { guid: A } };
const rewrite: PlannedOperation = { operation: 'rewrite', input: {} };

/** Each operation on disks on which releases differ. */
const ROWS: readonly (readonly [
  operation: string,
  disk: string,
  DiskDescriptor,
  PlannedOperation,
])[] = [
  ['`snapshot`', 'any', chain, snapshot],
  ['`snapshot`', 'with a temporary snapshot that has two children', stuck, snapshot],
  ['`snapshot`', 'with a temporary snapshot that has one child', marked, snapshot],
  ['`snapshot`', 'raw, and its base is a temporary snapshot', raw(marked), snapshot],
  ['`snapshot`', 'in the old format', former, snapshot],
  [
    '`snapshot`',
    'in the old format, and another snapshot has the GUID of the top',
    taken,
    snapshot,
  ],
  ['`snapshot`', 'a volume that continues from another', volume(chain), snapshot],
  ['`snapshot-delete`', 'the snapshot has one child', chain, remove],
  ['`snapshot-delete`', 'the snapshot has two children', forked, remove],
  ['`snapshot-delete`', 'the snapshot is the base of a raw disk', raw(chain), remove],
  ['`snapshot-delete`', 'in the old format', former, remove],
  ['`snapshot-delete`', 'a volume that continues from another', volume(chain), remove],
  ['`snapshot-switch`', 'any', chain, change],
  ['`snapshot-switch`', 'in the old format', former, change],
  ['`snapshot-merge`', 'any', chain, merge],
  ['`snapshot-merge`', 'raw, into the base', raw(diskOf('a:f0<- T:f1<a')), merge],
  ['`snapshot-merge`', 'raw, into a snapshot', raw(chain), merge],
  ['`snapshot-merge -A`', 'any', chain, mergeAll],
  ['`snapshot-merge -A`', 'with a fork', forked, mergeAll],
  ['`snapshot-merge -n`', 'any', chain, mergeInto],
  ['`snapshot-merge -A -n`', 'two snapshots or more', chain, mergeAllInto],
  ['`replace`', 'not mounted', chain, replace],
  [
    '`convert`, `grow`, `resize`, `encrypt`',
    'with an encryption key',
    { ...chain, encryptionKeyId: 'key' },
    rewrite,
  ],
];

/** What releases make of an operation, and whether it is left to the tool. */
function outcomeOf({ plan: { refusals }, harm }: BandPlan): string {
  const [refusal] = refusals;
  if (refusal === undefined) return 'done';
  const { code, exitCode } = refusal;
  if (harm === undefined) return `exit code ${String(exitCode)}, \`${code}\``;
  return `**not started**, \`${code}\` (exit code ${String(exitCode ?? 0)})`;
}

/** The outcomes in runs of releases that behave alike. */
function runsOf(plans: readonly BandPlan[]): string {
  const starts = plans.filter((one, index) => {
    const previous = plans[index - 1];
    return previous === undefined || outcomeOf(previous) !== outcomeOf(one);
  });
  return starts.map((one) => `${one.band.since}: ${outcomeOf(one)}`).join('; ');
}

test('docs/releases.md lists what each release makes of each operation', async () => {
  const text = [
    '# What releases do',
    '',
    'Written by a test: `npx vitest run packages/descriptor/test/release-docs.test.ts -u`. Each outcome holds from the release',
    'before it on, up to the next one. "Not started": the runner refuses the call, as the release would lose data, crash, do',
    'nothing and report success, or fail half-way. Exit codes are those that the tool would exit with.',
    '',
    '<!-- prettier-ignore-start -->',
    '',
    '| Operation | Disk | Outcome |',
    '| --- | --- | --- |',
    ...ROWS.map(
      ([name, disk, before, operation]) =>
        `| ${name} | ${disk} | ${runsOf(planBands(before, operation))} |`,
    ),
    '',
    '<!-- prettier-ignore-end -->',
    '',
  ].join('\n');
  await expect(text).toMatchFileSnapshot(docs);
});
