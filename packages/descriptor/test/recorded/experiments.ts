import type { DiskDescriptor, ReleaseName } from '../../src/index.ts';
import { planDelete, planMerge, planReplace, planSnapshot, type Plan } from '../../src/plan/index.ts';
import { behaviourOf, type Version } from '../../src/releases/index.ts';
import { diskOf, guidOf, summaryOf } from '../tree.ts';

/** The builds that one small experiment each was tried on, from the first whose `-v` works. */
export const BUILDS: readonly ReleaseName[] = [
  ...(['1.11.0', '1.12.0', '1.12.2', '1.13.0', '1.13.2', '1.14.1', '1.15.0'] as const),
  ...builds('7.0', ['11', '20', '31', '42', '43', '48', '49', '52', '53', '83', '87', '88', '95', '104', '120', '124', '165', '173']),
  ...builds('7.0', ['174', '175', '198', '202', '235', '256', '264', '266', '280']),
  ...builds('8.0', ['6', '11', '14', '15', '25', '26', '30', '58', '59', '61', '71', '72', '75', '86', '87', '99']),
  ...builds('9.0', ['1', '2', '4', '6', '8', '11', '12', '23', '25', '28', '30']),
];

function builds(line: `${number}.${number}`, last: readonly `${number}`[]): readonly ReleaseName[] {
  return last.map((number): ReleaseName => `${line}.${number}`);
}

/** What an experiment comes to in the builds up to one: exit code, `lost` where it is 0 and data is lost, or nothing is done. */
type Run = readonly [last: ReleaseName, result: number | 'lost' | 'nothing', after?: string];

export interface Experiment {
  readonly disk: DiskDescriptor;
  readonly plan: (disk: DiskDescriptor, release: ReleaseName) => Plan;
  readonly runs: readonly Run[];
}

const fileGuid = guidOf('f');
const A = guidOf('a');
const chain = diskOf('a:f0<- b:f1<a T:f2<b');
const pair = diskOf('a:f0<- T:f1<a');
const forked = diskOf('a:f0<- b:f1<a c:f3<a T:f2<a');
const stuck = diskOf('a*:f0<- b:f1<a c:f3<a T:f2<a');
const former = diskOf('a:f0<- b:f1<a', guidOf('b'));

/** A disk whose base is bare. */
function raw(disk: DiskDescriptor): DiskDescriptor {
  const images = disk.images.map((image, index) =>
    index === 0 ? { ...image, type: 'Plain' as const } : image,
  );
  return { ...disk, mode: 'raw', images };
}

const snapshot = (disk: DiskDescriptor, release: ReleaseName): Plan =>
  planSnapshot(disk, { guid: guidOf('e'), fileGuid }, { release });
const deletion =
  (guid: string) =>
  (disk: DiskDescriptor, release: ReleaseName): Plan =>
    planDelete(disk, { guid }, { release });
const merge =
  (input: Parameters<typeof planMerge>[1]) =>
  (disk: DiskDescriptor, release: ReleaseName): Plan =>
    planMerge(disk, input, { release });
const afterDeletion = (disk: DiskDescriptor, release: ReleaseName): Plan =>
  snapshot(planDelete(disk, { guid: A }, { release }).descriptor, release);

const LAST = '9.0.30';
const NEW = { newFile: 'new' };

export const EXPERIMENTS: Readonly<Record<string, Experiment>> = {
  'snapshot of an old format': {
    ...{ disk: former, plan: snapshot },
    runs: [
      ['7.0.88', 38],
      [LAST, 0],
    ],
  },
  'delete of an old format': {
    ...{ disk: former, plan: deletion(A) },
    runs: [
      ['7.0.88', 38],
      ['8.0.11', 0],
      ['8.0.15', 4],
      [LAST, 0],
    ],
  },
  'merge of an old format': {
    ...{ disk: former, plan: merge({}) },
    runs: [
      ['7.0.280', 0],
      ['8.0.15', 'nothing'],
      [LAST, 0],
    ],
  },
  merge: {
    ...{ disk: chain, plan: merge({}) },
    runs: [
      ['7.0.280', 0, 'a:f0<- T:f1<a'],
      ['8.0.15', 'nothing'],
      [LAST, 0, 'a:f0<- T:f1<a'],
    ],
  },
  'merge of a snapshot': {
    ...{ disk: chain, plan: merge({ guid: guidOf('b') }) },
    runs: [
      ['7.0.280', 0, 'b:f0<- T:f2<b'],
      ['8.0.15', 'nothing'],
      [LAST, 0, 'b:f0<- T:f2<b'],
    ],
  },
  'merge of all': {
    ...{ disk: chain, plan: merge({ all: true }) },
    runs: [
      ['7.0.280', 0, 'T:f0<-'],
      ['9.0.2', 'nothing'],
      [LAST, 0, 'T:f0<-'],
    ],
  },
  'merge into a new file': {
    ...{ disk: chain, plan: merge(NEW) },
    runs: [
      ['1.12.2', 38],
      ['1.13.0', 0, 'a:f0<- T:new<a'],
      ['1.15.0', 139],
      ['7.0.280', 0, 'a:f0<- T:new<a'],
      ['8.0.15', 'nothing'],
      [LAST, 4],
    ],
  },
  'merge of all into a new file': {
    ...{ disk: chain, plan: merge({ all: true, ...NEW }) },
    runs: [
      ['1.12.2', 38],
      ['1.15.0', 0, 'T:new<-'],
      ['7.0.280', 38],
      ['8.0.15', 'nothing'],
      ['9.0.2', 4, 'a:f0<- b*:f1<a T:f2<b'],
      [LAST, 4, 'a*:f0<- T:f1<a'],
    ],
  },
  'merge of one level of all into a new file': {
    ...{ disk: pair, plan: merge({ all: true, ...NEW }) },
    runs: [
      ['1.12.2', 38],
      ['7.0.280', 0, 'T:new<-'],
      ['8.0.15', 'nothing'],
      [LAST, 4],
    ],
  },
  'delete with one child': {
    ...{ disk: chain, plan: deletion(A) },
    runs: [
      ['8.0.11', 0, 'b:f0<- T:f2<b'],
      ['8.0.15', 4, 'a*:f0<- b:f1<a T:f2<b'],
      [LAST, 0, 'b:f0<- T:f2<b'],
    ],
  },
  'the next snapshot': {
    ...{ disk: chain, plan: afterDeletion },
    runs: [
      ['8.0.11', 0],
      ['8.0.14', 4],
      ['8.0.15', 'lost'],
      [LAST, 0],
    ],
  },
  'delete with one child on a raw base': {
    ...{ disk: raw(chain), plan: deletion(A) },
    runs: [
      ['7.0.280', 0],
      ['8.0.6', 11],
      [LAST, 11, 'a*:f0<- b:f1<a T:f2<b'],
    ],
  },
  'the next snapshot on a raw base': {
    ...{ disk: raw(chain), plan: afterDeletion },
    runs: [
      ['8.0.6', 0],
      ['8.0.14', 11],
      [LAST, 'lost'],
    ],
  },
  'merge into a raw base': {
    ...{ disk: raw(pair), plan: merge({}) },
    runs: [
      ['7.0.280', 0],
      ['8.0.15', 'nothing'],
      [LAST, 11],
    ],
  },
  'delete with two children': {
    ...{ disk: forked, plan: deletion(A) },
    runs: [
      ['1.11.0', 38],
      [LAST, 0, 'a*:f0<- b:f1<a c:f3<a T:f2<a'],
    ],
  },
  'the same again': {
    ...{ disk: stuck, plan: deletion(A) },
    runs: [
      ['1.11.0', 38],
      [LAST, 1],
    ],
  },
  'snapshot over a temporary one with two children': {
    ...{ disk: stuck, plan: snapshot },
    runs: [
      ['1.11.0', 0],
      ['7.0.175', 1],
      ['7.0.280', 0],
      ['8.0.14', 1],
      [LAST, 0],
    ],
  },
  'delete of an unknown snapshot': {
    ...{ disk: chain, plan: deletion(guidOf('c')) },
    runs: [
      ['1.12.2', 38],
      [LAST, 43],
    ],
  },
  'delete of the nil GUID': {
    ...{ disk: chain, plan: deletion(guidOf('-')) },
    runs: [
      ['1.12.2', 38],
      [LAST, 43],
    ],
  },
  'replace, not mounted': {
    disk: chain,
    plan: (disk, release) =>
      planReplace(disk, { target: { guid: A }, newFile: 'copy' }, { release }),
    runs: [
      ['1.12.2', 38],
      ['9.0.6', 0, 'a:copy<- b:f1<a T:f2<b'],
      [LAST, 38],
    ],
  },
};

/** What was measured of single facts, up to the last build that it holds for. */
export const WRITTEN: Readonly<
  Record<string, readonly (readonly [last: ReleaseName, measured: string])[]>
> = {
  root: [
    ['7.0.175', 'Parallels_disk_image'],
    ['7.0.280', 'Virtuozzo_disk_image'],
    ['8.0.11', 'Parallels_disk_image'],
    [LAST, 'Virtuozzo_disk_image'],
  ],
  'encryption key': [
    ['7.0.31', 'ENCRYPTION_LOST'],
    [LAST, 'key'],
  ],
  volume: [
    ['7.0.88', 'VOLUME'],
    [LAST, 'kept'],
  ],
  'volume snapshot': [
    ['7.0.88', 'false'],
    ['7.0.280', 'true'],
    ['8.0.87', 'false'],
    [LAST, 'true'],
  ],
  'snapshot-merge -U': [
    ['1.13.2', 'false'],
    ['1.15.0', 'true'],
    [LAST, 'false'],
  ],
  'snapshot-merge -n': [
    ['1.12.2', 'unknown'],
    ['1.13.0', 'done'],
    ['1.15.0', 'crash'],
    ['7.0.280', 'done'],
    ['8.0.15', 'nothing'],
    [LAST, 'failure'],
  ],
  'snapshot-merge -A -n': [
    ['1.12.2', 'unknown'],
    ['1.15.0', 'done'],
    ['7.0.280', 'one level'],
    ['8.0.15', 'nothing'],
    [LAST, 'failure'],
  ],
  'snapshot-merge -A': [
    ['7.0.280', 'all'],
    ['8.0.15', 'nothing'],
    ['9.0.2', 'one level'],
    [LAST, 'all'],
  ],
};

const VOLUME = { parent: '../parent', readOnly: false } as const;

/** What the plans and the table of behaviour say of these facts. */
export const written: Readonly<Record<string, (release: Version) => string | undefined>> = {
  root: (release) => snapshot(chain, release).descriptor.root,
  'encryption key': (release) => {
    const { refusals, descriptor } = snapshot({ ...chain, encryptionKeyId: 'key' }, release);
    return refusals[0]?.code ?? descriptor.encryptionKeyId;
  },
  volume: (release) => {
    const { refusals, descriptor } = snapshot({ ...chain, volume: VOLUME }, release);
    return refusals[0]?.code ?? (descriptor.volume === undefined ? 'dropped' : 'kept');
  },
  'volume snapshot': (release) => String(behaviourOf(release).snapshotsVolumes),
  'snapshot-merge -U': (release) => String(behaviourOf(release).mergesRanges),
  'snapshot-merge -n': (release) => behaviourOf(release).mergesOneInto,
  'snapshot-merge -A -n': (release) => behaviourOf(release).mergesAllInto,
  'snapshot-merge -A': (release) => {
    const { mergeAll } = behaviourOf(release);
    return ['one by one', 'at once'].includes(mergeAll) ? 'all' : mergeAll;
  },
};

/** The last of some runs of builds that end with the named ones, up to a build. */
export function runAt<One extends readonly [last: ReleaseName, ...rest: unknown[]]>(runs: readonly One[], release: ReleaseName): One {
  const at = BUILDS.indexOf(release);
  const run = runs.find(([last]) => at <= BUILDS.indexOf(last));
  if (run === undefined) throw new TypeError(`${release} was not measured`);
  return run;
}

/** Whether the plan for a build comes to what was measured on it. */
export function isAsMeasured({ disk, plan, runs }: Experiment, release: ReleaseName): boolean {
  const [, result, after] = runAt(runs, release);
  const planned = plan(disk, release);
  const [refusal] = planned.refusals;
  const exitCode = refusal === undefined ? 0 : refusal.exitCode;
  // Steps that exit with 0 and lose data, or do less than they report, are refused without a code of the tool.
  return (
    exitCode === (typeof result === 'number' ? result : undefined) &&
    (after === undefined || summaryOf(planned).after === after) &&
    (result !== 'nothing' || planned.descriptor === disk)
  );
}
