import { testGuid } from '@ploop/test-kit';

import type { Disk, MutationPlan } from '../../src/index.ts';
import { CLUSTER } from './mutants.ts';

/** The chain that is operated on, base first. */
export const [BASE, MIDDLE, TOP] = [
  testGuid(0),
  testGuid(1),
  '{5fbaabe3-6958-40ff-92a7-860e329aab41}',
] as const;

/** An operation of the tool, and the plan of the same mutation. */
export interface Operation {
  readonly argv: (descriptor: string) => readonly string[];
  readonly plan: (disk: Disk) => Promise<MutationPlan>;
  /** Under which GUID a state is there afterwards; `undefined` if it is given up. */
  readonly successor: (guid: string) => string | undefined;
  /** Whether the top becomes larger. */
  readonly grows?: true;
  /** Only done to a disk without snapshots. */
  readonly alone?: true;
}

const all = (guid: string): string => guid;
const without =
  (lost: string) =>
  (guid: string): string | undefined =>
    guid === lost ? undefined : guid;
const SNAPSHOT = '{11111111-1111-4111-8111-111111111111}';
const sector = 512;

const grow = (clusters: number): Operation => ({
  argv: (descriptor) => ['grow', '-s', String(CLUSTER * clusters), descriptor],
  plan: (disk) => disk.plan.grow(CLUSTER * clusters * sector),
  successor: all,
  grows: true,
});
const convert = (option: readonly string[], target: Parameters<Disk['convert']>[0]): Operation => ({
  argv: (descriptor) => ['convert', ...option, descriptor],
  plan: (disk) => disk.plan.convert(target),
  successor: all,
  ...('format' in target ? { alone: true } : {}),
});

/** Every mutation that works on images of a disk that is not mounted. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'delete the base': {
    argv: (descriptor) => ['snapshot-delete', '-u', BASE, descriptor],
    plan: (disk) => disk.plan.deleteSnapshot(BASE),
    successor: without(BASE),
  },
  'delete the middle': {
    argv: (descriptor) => ['snapshot-delete', '-u', MIDDLE, descriptor],
    plan: (disk) => disk.plan.deleteSnapshot(MIDDLE),
    successor: without(MIDDLE),
  },
  'delete the top': {
    argv: (descriptor) => ['snapshot-delete', '-u', TOP, descriptor],
    plan: (disk) => disk.plan.deleteSnapshot(TOP, { discardTop: true }),
    successor: (guid) => ({ [BASE]: BASE, [MIDDLE]: TOP })[guid],
  },
  'merge the middle': {
    argv: (descriptor) => ['snapshot-merge', '-u', MIDDLE, descriptor],
    plan: (disk) => disk.plan.mergeSnapshot(MIDDLE),
    successor: without(BASE),
  },
  'merge the top': {
    argv: (descriptor) => ['snapshot-merge', descriptor],
    plan: (disk) => disk.plan.mergeSnapshot(),
    successor: without(MIDDLE),
  },
  'switch to the base': {
    argv: (descriptor) => ['snapshot-switch', '-u', BASE, descriptor],
    plan: (disk) => disk.plan.switchSnapshot(BASE),
    successor: without(TOP),
  },
  'switch to the middle': {
    argv: (descriptor) => ['snapshot-switch', '-u', MIDDLE, descriptor],
    plan: (disk) => disk.plan.switchSnapshot(MIDDLE),
    successor: without(TOP),
  },
  snapshot: {
    argv: (descriptor) => ['snapshot', '-u', SNAPSHOT, descriptor],
    plan: (disk) => disk.plan.snapshot({ guid: SNAPSHOT }),
    successor: all,
  },
  grow: grow(32),
  'grow beyond the table': grow(40_000),
  'make it version 1': convert(['-v', '1'], { version: 1 }),
  'make it version 2': convert(['-v', '2'], { version: 2 }),
  preallocate: convert(['-f', 'preallocated'], { format: 'preallocated' }),
  'make it raw': convert(['-f', 'raw'], { format: 'raw' }),
};
