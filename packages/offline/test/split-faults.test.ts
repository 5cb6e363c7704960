import { copyFile, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parseDescriptor, serializeDescriptor, TOP_GUID, type Diagnostic } from '@ploop/descriptor';
import { editDescriptor } from '@ploop/descriptor/edit';
import { planDelete, planMerge, planSnapshot, planSwitch } from '@ploop/descriptor/plan';
import { descriptorXml, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { makeSplitDisk, type SplitScript } from '@ploop/test-kit/disks/split-disk';
import { expect, test } from 'vitest';

import { checkDisk } from '../src/check/check-disk.ts';
import { identifySnapshot } from '../src/disk/identify-snapshot.ts';
import { exportSnapshot } from '../src/export/export-snapshot.ts';
import { openSnapshot } from '../src/snapshot/open-snapshot.ts';

const PART = { version: 2, blockSize: 64, clusters: 2, plain: false, tail: 0 } as const;
/** Three parts of 128 sectors: a base, and a top over it. */
const SCRIPT: SplitScript = {
  parents: [-1, 0],
  parts: [
    { ...PART, allocated: [[0], [1]] },
    { ...PART, plain: true, allocated: [[0], [1]] },
    { ...PART, version: 1, allocated: [[], [1]] },
  ],
};
const STORAGE = '/Parallels_disk_image/StorageData/Storage';

async function disk(edit: (xml: string) => string = (xml) => xml): Promise<string> {
  const { directory } = await makeSplitDisk(SCRIPT, await temporaryDirectory());
  const path = join(directory, 'DiskDescriptor.xml');
  await writeFile(path, edit(await readFile(path, 'utf8')));
  return directory;
}

/** What is more than worth knowing. */
const known = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] =>
  diagnostics.filter(({ severity }) => severity !== 'info');

type Row = readonly [
  edit: (xml: string) => string,
  findings: readonly (readonly [string, string])[],
];

const change =
  (from: string, to: string) =>
  (xml: string): string =>
    xml.replace(from, to);
const first = `${STORAGE}[1]`;
const second = `${STORAGE}[2]`;
const third = `${STORAGE}[3]`;

test.each<Row>([
  [change('<Start>0<', '<Start>64<'), [['STORAGE_GAP', first]]],
  [change('<Start>128<', '<Start>129<'), [['STORAGE_GAP', second]]],
  [change('<Start>128<', '<Start>127<'), [['STORAGE_OVERLAP', second]]],
  [
    change('<Start>256<', '<Start>0<'),
    [
      ['STORAGE_DISORDER', third],
      ['STORAGE_OVERLAP', third],
      ['STORAGE_OVERLAP', second],
    ],
  ],
  [change('<End>384<', '<End>383<'), [['STORAGE_SIZE_DIFFERS', third]]],
  [change('<Disk_size>384<', '<Disk_size>512<'), [['STORAGE_SIZE_DIFFERS', third]]],
  [change('<Start>128</Start>', ''), [['STORAGE_RANGE_INVALID', second]]],
  [change('<End>256</End>', '<End/>'), [['STORAGE_RANGE_INVALID', second]]],
  [change('<End>256<', '<End>0x100<'), [['STORAGE_RANGE_INVALID', second]]],
  [change('<End>256<', '<End>0256<'), [['STORAGE_RANGE_INVALID', second]]],
  [change('<End>256<', '<End>-1<'), [['STORAGE_RANGE_INVALID', second]]],
  [change('<End>256<', '<End>1e3<'), [['STORAGE_RANGE_INVALID', second]]],
  [change('<End>256<', '<End>99999999999999999999<'), [['STORAGE_RANGE_INVALID', second]]],
  [change('<End>256<', '<End>9007199254740993<'), [['STORAGE_RANGE_INVALID', second]]],
  [change('<End>256<', '<End>128<'), [['STORAGE_RANGE_INVALID', second]]],
  [
    (xml) =>
      xml
        .replace('<Start>0</Start><End>128<', '<Start>1</Start><End>2<')
        .replace('<Start>128</Start><End>256<', '<Start>0</Start><End>128<')
        .replace('<Start>1</Start><End>2<', '<Start>128</Start><End>256<'),
    [['STORAGE_DISORDER', second]],
  ],
])('ranges that do not form a disk are refused: %#', async (edit, findings) => {
  const directory = await disk(edit);
  const xml = await readFile(join(directory, 'DiskDescriptor.xml'), 'utf8');
  const found = parseDescriptor(xml).diagnostics.filter(({ code }) => code.startsWith('STORAGE_'));
  expect(found.slice(1).map(({ code, path }) => [code, path])).toEqual(findings);
  const code = findings[0]?.[0];
  await expect(openSnapshot(directory)).rejects.toMatchObject({ code });
  await expect(identifySnapshot(directory)).rejects.toMatchObject({ code });
});

test('an image that a part does not have is reported, and only what needs it is refused', async () => {
  const directory = await disk((xml) =>
    xml.replace(
      new RegExp(`<Image><GUID>${TOP_GUID}</GUID>.*\\n(?=</Storage>\\n</StorageData)`),
      '',
    ),
  );
  const { diagnostics } = await checkDisk(directory);
  expect(diagnostics).toContainEqual(
    expect.objectContaining({
      code: 'STORAGE_IMAGE_MISSING',
      path: third,
      data: { storage: 3, guid: TOP_GUID },
    }),
  );
  await expect(openSnapshot(directory)).rejects.toMatchObject({ code: 'STORAGE_IMAGE_MISSING' });
  const base = await openSnapshot(directory, testGuid(0));
  expect(base.size).toBe(384 * 512);
  await base.close();
});

test('each part is checked as the first one is', async () => {
  const directory = await disk((xml) => {
    const at = xml.lastIndexOf('<Image>');
    const doubled = `<Image><GUID>${TOP_GUID}</GUID><Type>Compressed</Type><File>/elsewhere</File></Image>`;
    const foreign = `<Image><GUID>${testGuid(8)}</GUID><Type>Plain</Type><File>disk.hdd.0.${testGuid(0)}.hds</File></Image>`;
    const end = xml.indexOf('</Storage>', at);
    return `${xml.slice(0, end)}${doubled}${foreign}${xml.slice(end)}`;
  });
  const xml = await readFile(join(directory, 'DiskDescriptor.xml'), 'utf8');
  const found = known(parseDescriptor(xml).diagnostics).map(({ code, path }) => [code, path]);
  expect(found).toEqual([
    ['STORAGE_SPLIT', second],
    ['TYPES_MIXED', third],
    ['GUID_DUPLICATE', `${third}/Image[3]`],
    ['IMAGE_WITHOUT_SHOT', `${third}/Image[4]`],
    ['FILE_DUPLICATE', `${third}/Image[4]`],
  ]);
});

test('the file of a part that is missing is reported', async () => {
  const directory = await disk();
  const file = join(directory, `disk.hdd.2.${testGuid(0)}.hds`);
  await rm(file);
  const { diagnostics, images } = await checkDisk(directory);
  expect(diagnostics.map(({ code }) => code)).not.toContain('DISK_SIZE_DIFFERS');
  expect(diagnostics).toContainEqual(
    expect.objectContaining({ code: 'DELTA_MISSING', data: { guid: testGuid(0), file } }),
  );
  expect(images).toHaveLength(5);
  await expect(openSnapshot(directory)).rejects.toMatchObject({ code: 'DELTA_MISSING' });
});

test('files that no part names are reported', async () => {
  const directory = await disk();
  const file = join(directory, `disk.hdd.3.${testGuid(1)}.hds`);
  await copyFile(join(directory, `disk.hdd.2.${testGuid(1)}.hds`), file);
  const { diagnostics } = await checkDisk(directory);
  const orphans = diagnostics.filter(({ code }) => code === 'DELTA_ORPHANED');
  expect(orphans).toMatchObject([{ data: { file } }]);
});

test('no part is exported onto a file of another one', async () => {
  const directory = await disk();
  const base = await openSnapshot(directory, testGuid(0));
  const target = join(directory, `disk.hdd.2.${testGuid(1)}.hds`);
  await expect(exportSnapshot(base, target, { overwrite: true })).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
  });
  await base.close();
});

test('a split disk is written with all its parts, and neither edited nor planned', async () => {
  const directory = await disk();
  const xml = await readFile(join(directory, 'DiskDescriptor.xml'), 'utf8');
  const { descriptor } = parseDescriptor(xml);
  if (descriptor === undefined) throw new Error('no descriptor');
  expect(parseDescriptor(serializeDescriptor(descriptor)).descriptor).toEqual(descriptor);
  expect(editDescriptor(xml, descriptor)).toBe(xml);
  expect(() => editDescriptor(xml, { ...descriptor, maxDeltaSize: 1 })).toThrow(
    expect.objectContaining({ code: 'STORAGE_SPLIT' }) as Error,
  );
  const plans = [
    planDelete(descriptor, { guid: testGuid(0) }),
    planMerge(descriptor, { guid: TOP_GUID }),
    planSnapshot(descriptor, { guid: testGuid(7) }),
    planSwitch(descriptor, { guid: testGuid(0) }),
  ];
  for (const { outcome, refusals } of plans)
    expect([outcome, refusals[0]?.code]).toEqual(['refused', 'DESCRIPTOR_INVALID']);
});

/** A disk of two bare parts of 128 sectors. */
async function bare(part: number, bytes: number): Promise<string> {
  const one = { ...PART, plain: true, allocated: [[0, 1]] };
  const { directory } = await makeSplitDisk(
    { parents: [-1], parts: [one, one] },
    await temporaryDirectory(),
  );
  await truncate(join(directory, `disk.hdd.${String(part)}.${testGuid(0)}.hds`), bytes);
  return directory;
}

test.each([
  [0, 127 * 512, 256 * 512],
  [0, 128 * 512 - 1, 256 * 512],
  [0, 129 * 512, 256 * 512],
  [1, 127 * 512, 255 * 512],
  [1, 128 * 512 - 1, 256 * 512],
  [1, 129 * 512, 256 * 512],
])('part %i of %i bytes does not fill its range: the disk has %o', async (part, bytes, size) => {
  const directory = await bare(part, bytes);
  const code = 'STORAGE_IMAGE_SIZE';
  const { diagnostics } = await checkDisk(directory);
  const odd = bytes % 512 === 0 ? [] : ['FILE_END_ODD'];
  expect(known(diagnostics).map((finding) => finding.code)).toEqual([
    'STORAGE_SPLIT',
    ...odd,
    code,
  ]);
  const snapshot = await openSnapshot(directory);
  expect(snapshot.size).toBe(size);
  const finding = { code, severity: 'error', data: { sectors: Math.floor(bytes / 512) } };
  expect(snapshot.diagnostics).toContainEqual(
    expect.objectContaining({ ...finding, data: expect.objectContaining(finding.data) as unknown }),
  );
  const identified = await identifySnapshot(directory).catch((error: unknown) => error);
  const stated = expect.arrayContaining([expect.objectContaining({ code })]) as unknown;
  expect(identified).toMatchObject({ diagnostics: stated });
  if (part === 0 && bytes < 128 * 512)
    await expect(snapshot.read(bytes, 1)).rejects.toMatchObject({ code });
  // The second part begins where its range does.
  const [byte] = await snapshot.read(128 * 512, 1);
  expect(byte).toBe('1'.charCodeAt(0));
  await snapshot.close();
});

test.each([
  [
    '<Start>64</Start>',
    [{ code: 'STORAGE_GAP', data: { from: 0, to: 64 }, path: `${STORAGE}/Start` }],
  ],
  ['<Start>0</Start>', []],
  ['<Start>0</Start><End>128</End>', []],
  [
    '<Start>0</Start><End>127</End>',
    [{ code: 'STORAGE_SIZE_DIFFERS', data: { end: 127, size: 128 }, path: `${STORAGE}/End` }],
  ],
  ['<End>4096</End>', [{ code: 'STORAGE_SIZE_DIFFERS', data: { end: 4096, size: 128 } }]],
  [
    '<Start>64</Start><End>192</End>',
    [{ code: 'STORAGE_GAP' }, { code: 'STORAGE_SIZE_DIFFERS', data: { end: 192, size: 128 } }],
  ],
  ['<End>many</End>', []],
  ['<Start>00</Start>', []],
  ['', []],
])('a Storage that is the only one, with %j', (start, expected) => {
  const xml = descriptorXml([{}], { blockSize: '64', size: '128' }).replace(
    '<Storage>',
    `<Storage>${start}`,
  );
  const { accepted, diagnostics } = parseDescriptor(xml);
  expect(accepted).toBe(true);
  expect(known(diagnostics)).toMatchObject(expected);
  expect(known(diagnostics)).toHaveLength(expected.length);
});
