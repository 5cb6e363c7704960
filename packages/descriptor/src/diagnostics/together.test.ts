import { expect, test } from 'vitest';

import { diagnostic, type Diagnostic } from './diagnostic.ts';
import { hintedTogether } from './together.ts';

const file = 'root.hdd';
const stale = (name = file): Diagnostic => diagnostic('BAT_STALE', { file: name, entries: 1 });
const longer = diagnostic('BAT_LONGER', { file, entries: 64, clusters: 40 });
const odd = diagnostic('FILE_END_ODD', { file, bytes: 100_000, cluster: 32_768 });
const beyond = diagnostic('CLUSTER_BEYOND_END', { file, cluster: 1, offset: 1, bytes: 1 });
const differs = diagnostic('DISK_SIZE_DIFFERS', { file, sectors: 1, stated: 2 });

const hints = (...findings: readonly Diagnostic[]): readonly string[] =>
  hintedTogether(findings).map(({ hint }) => hint);

test('alone, a finding keeps its hint', () => {
  for (const finding of [stale(), longer, odd, beyond, differs])
    expect(hintedTogether([finding])).toEqual([finding]);
});

test.each([
  ['a size that may be damaged', [stale(), longer]],
  ['the same in the descriptor', [stale(), differs]],
])('no repair is advised with %s', (_name, findings) => {
  for (const hint of hints(...findings)) expect(hint).toContain('Let no command write to the disk');
});

test('no repair is advised where the end of a file is missing', () => {
  const [hint, other] = hints(odd, beyond);
  expect(hint).toContain('Do not run `ploop check -f`');
  expect(other).toBe(beyond.hint);
});

test('an image in use is not closed where the repair that comes with it cuts off data', () => {
  const inUse = diagnostic('IMAGE_IN_USE', { file });
  expect(hints(inUse, stale())[0]).toContain('any `ploop check` of an image in use');
  expect(hints(inUse, beyond)[0]).toContain('The file was cut off');
});

test('unused clusters are not called harmless beside a damaged table', () => {
  const unused = diagnostic('CLUSTERS_UNUSED', { file, clusters: 1, bytes: 1 });
  expect(unused.hint).toMatch(/^Harmless if/);
  for (const other of [
    diagnostic('CLUSTER_SHARED', { file, cluster: 1, other: 0, offset: 1 }),
    diagnostic('CLUSTER_BEFORE_DATA', { file, cluster: 1, offset: 1, dataStart: 2 }),
    stale(),
    beyond,
  ])
    expect(hints(unused, other)[0]).toMatch(/^Not harmless here/);
});

test('a truncated file system names the finding that has the same cause', () => {
  const truncated = diagnostic('FILE_SYSTEM_TRUNCATED', {
    ...{ type: 'ext4', start: 100, size: 20, length: 10 },
  });
  expect(truncated.hint).toContain("truncate -s '>120' COPY");
  const cut = diagnostic('IMAGE_TRUNCATED', { file, bytes: 1, disk: 2, lost: 1 });
  const once = hintedTogether([truncated, cut]);
  expect(once[0]?.hint).toMatch(/^The cause is that of IMAGE_TRUNCATED.*truncate -s '>120'/);
  expect(hintedTogether(once)).toEqual(once);
  expect(hints(truncated, differs)[0]).toContain('The cause is probably that of');
  expect(hints(truncated, { ...cut, disk: '/base' })[0]).toBe(truncated.hint);
});

test('what follows from a shot that the tool adds says so', () => {
  const added = diagnostic('SHOT_ASSUMED', { guid: 'x' });
  const twice = diagnostic('GUID_DUPLICATE', { guid: 'x' });
  expect(hints(twice, added)[0]).toContain('The cause is that of SHOT_ASSUMED');
});

test('what follows from a damaged size or a lost Image says so', () => {
  const damaged = diagnostic('SIZE_DAMAGED', { file, sectors: 1, stated: 2 });
  const shrunk = diagnostic('CHAIN_SHRUNK', { file, sectors: 1, lower: 2 });
  expect(hints(shrunk, damaged)[0]).toContain('The cause is that of SIZE_DAMAGED');
  const none = diagnostic('IMAGES_MISSING', {});
  const lost = diagnostic('SHOT_WITHOUT_IMAGE', { guid: 'y' });
  expect(hints(none, lost)[0]).toContain('The cause is that of SHOT_WITHOUT_IMAGE');
});

test('no shot is to be added where an image is lost', () => {
  const added = diagnostic('SHOT_ASSUMED', { guid: 'x' });
  const lost = diagnostic('SHOT_WITHOUT_IMAGE', { guid: 'y' });
  expect(hints(added, lost)[0]).toContain('The cause is that of SHOT_WITHOUT_IMAGE');
  expect(hints(added)[0]).toContain('write the missing Shot');
});

test('nothing is to be added to a document that is not a descriptor', () => {
  const all = [
    diagnostic('DISK_PARAMETERS_MISSING', {}),
    diagnostic('STORAGE_MISSING', {}),
    diagnostic('SNAPSHOTS_MISSING', {}),
  ];
  for (const hint of hints(...all)) expect(hint).toContain('Add nothing');
  for (const one of all) expect(hints(one)[0]).toContain('In a copy of the descriptor, add');
});

test('findings about another image change nothing', () => {
  const elsewhere = stale('other');
  expect(hintedTogether([elsewhere, longer])).toEqual([elsewhere, longer]);
  const inParent: Diagnostic = { ...longer, disk: '/volumes/base/DiskDescriptor.xml' };
  expect(hintedTogether([stale(), inParent])).toEqual([stale(), inParent]);
});
