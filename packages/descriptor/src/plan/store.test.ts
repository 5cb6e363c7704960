import { descriptorXml } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import type { DiskDescriptor } from '../model.ts';
import { parseDescriptorOrThrow } from '../parse.ts';
import type { PlanRelease, ReleaseName } from '../releases/release.ts';
import { planMerge } from './plan-merge.ts';
import { planSnapshot } from './plan-snapshot.ts';

const DIRECTORY = '/x/a';
const DISK = parseDescriptorOrThrow(descriptorXml([{ file: 'root.hdd' }, { parent: 0 }]));
const named = (file: string): DiskDescriptor => ({
  ...DISK,
  images: DISK.images.map((image, index) => (index === 0 ? { ...image, file } : image)),
});
const planned = (descriptor: DiskDescriptor, release: ReleaseName) =>
  planSnapshot(descriptor, {}, { release, directory: DIRECTORY });
const refusal = (descriptor: DiskDescriptor, release: ReleaseName): string | undefined =>
  planned(descriptor, release).refusals[0]?.code;

test.each<[file: string, release: PlanRelease, written: string]>([
  ['/x/a/f', '1.15', 'f'],
  ['/x/b/f', '1.15', '/x/b/f'],
  ['../b/f', '1.15', '../b/f'],
  ['./f', '1.15', './f'],
  ['/x/a/f', '9', 'f'],
  ['/x/b/f', '7', '../b/f'],
  ['/x/b/f', '9', '../b/f'],
  ['/x/ab/f', '9', '../ab/f'],
  ['/y/f', '9', '/y/f'],
  ['./f', '9', './f'],
  ['sub//f', '9', 'sub/f'],
  ['../b/f', '9', '../b/f'],
  ['sub/../f', '9', '../f'],
])('%s is written by release %s as %s', (file, release, written) => {
  expect(planned(named(file), release).descriptor.images[0]?.file).toBe(written);
});

test('what a release does not know it does not write', () => {
  const limited = { ...DISK, maxDeltaSize: 5 };
  expect(planned(limited, '1.12').descriptor).not.toHaveProperty('maxDeltaSize');
  expect(planned(limited, '1.15').descriptor).toHaveProperty('maxDeltaSize', 5);
});

test('what a release would write wrongly is not begun', () => {
  expect(refusal(named('/x/ab/f'), '1.12')).toBe('NAME_MISWRITTEN');
  expect(refusal(named('/x/ab/f'), '1.15')).toBeUndefined();
  const encrypted = { ...DISK, encryptionKeyId: 'k' };
  expect(refusal(encrypted, '1.15')).toBe('ENCRYPTION_LOST');
  expect(refusal(encrypted, '9')).toBeUndefined();
  const flat = { ...DISK, geometry: { cylinders: 0, heads: 16 } };
  expect(refusal(flat, '1.15')).toBe('GEOMETRY_ZERO');
  for (const release of ['1.11', '1.15', '7.0.43', '7.0.88'] as const)
    expect(planned(flat, release).refusals[0]?.exitCode).toBe(136);
  expect(planned(flat, '7.0.95').refusals[0]).toBeUndefined();
  expect(refusal(flat, '7')).toBeUndefined();
  const volume = { readOnly: false };
  expect(refusal({ ...DISK, volume }, '1.15')).toBe('VOLUME');
  expect(refusal({ ...DISK, volume }, '9')).toBeUndefined();
});

test('an interrupted reverse merge is left alone', () => {
  const shots = DISK.shots.map((shot, index) =>
    index === 0 ? { ...shot, reverseMerge: 'zero' as const } : shot,
  );
  expect(refusal({ ...DISK, shots }, '9')).toBe('REVERSE_MERGE_INTERRUPTED');
});

test('a merge into a new file', () => {
  const { actions, descriptor } = planMerge(DISK, { newFile: '/x/a/new' }, { release: '7' });
  expect(descriptor.images.map(({ file }) => file)).toEqual(['/x/a/new']);
  expect(actions.map(({ action, file }) => [action, file])).toEqual([
    ['create', '/x/a/new'],
    ['merge', 'root.hdd'],
    ['merge', 'd1'],
    ['remove', 'root.hdd'],
    ['remove', 'd1'],
  ]);
  const codes = (release: PlanRelease): unknown =>
    planMerge(DISK, { newFile: 'new' }, { release }).refusals[0]?.exitCodes[release];
  expect(['1.12', '1.15', '9'].map((release) => codes(release as PlanRelease))).toEqual([
    38, 139, 4,
  ]);
  expect(planMerge(DISK, { all: true, newFile: 'd1' }).refusals[0]?.code).toBe('FILE_TAKEN');
});
