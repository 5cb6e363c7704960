import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { NIL_GUID, parseGuid, TOP_GUID } from '@ploop/descriptor';
import { descriptorXml, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import {
  createRunner,
  isPloopError,
  localExec,
  type Exec,
  type Runner,
  type Version,
} from '../src/index.ts';

const guid = (index: number): NonNullable<ReturnType<typeof parseGuid>> =>
  parseGuid(testGuid(index)) ?? NIL_GUID;

const ROWS = [
  `${guid(0)} ${NIL_GUID}   /p/d0`,
  `${guid(1)} ${guid(0)}   /p/d1`,
  `${TOP_GUID} ${guid(0)} * /p/d2`,
];
const CHAIN_ROWS = [...ROWS.slice(0, 2), `${TOP_GUID} ${guid(1)} * /p/d2`];

/** A tool that lists shots and no devices. A call that is let through fails with exit code 255. */
function as(from: Version, { rows = CHAIN_ROWS, isLocal = true } = {}): Runner {
  const exec: Exec = (request) => {
    if (isLocal && request.file !== 'ploop') return localExec(request);
    const isList = request.argv.includes('snapshot-list');
    const exitCode = isList || request.argv.includes('list') ? 0 : 255;
    return Promise.resolve({
      ...{ exitCode, cancelled: false, timedOut: false },
      stdout: { text: isList ? `${rows.join('\n')}\n` : '', droppedBytes: 0 },
      stderr: { text: '', droppedBytes: 0 },
    });
  };
  return createRunner({
    binary: 'ploop',
    release: { from, to: from },
    exec: Object.assign(exec, { isLocal }),
  });
}

/** The reason of a refusal, or the exit code of the tool. */
const fateOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (isPloopError(error) ? (error.reason ?? error.exitCode) : error),
  );

async function diskOf(xml: string): Promise<string> {
  const descriptor = join(await temporaryDirectory(), 'DiskDescriptor.xml');
  await writeFile(descriptor, xml);
  return descriptor;
}

const CHAIN = descriptorXml([{}, { parent: 0 }, { parent: 1, guid: TOP_GUID }]);
const FORK = descriptorXml([{}, { parent: 0 }, { parent: 0, guid: TOP_GUID }]);
const RAW = CHAIN.replace('<Type>Compressed</Type>', '<Type>Plain</Type>');
const KEYED = CHAIN.replace(
  '</Disk_Parameters>',
  '<Encryption><Engine>{00000000-0000-0000-0000-000000000000}</Engine><KeyId>key</KeyId></Encryption></Disk_Parameters>',
);

test('the top of a parent with other children is not deleted, in any release', async () => {
  const descriptor = await diskOf(FORK);
  for (const release of ['1.11', '1.15', '7.0.280', '8.0.14', '9.0.30'] as const) {
    const input = { descriptor, guid: TOP_GUID, discardTop: true };
    expect(await fateOf(as(release).snapshotDelete(input))).toBe('PARENT_IS_SHARED');
  }
});

test('a top with a GUID of its own is not deleted unless asked for', async () => {
  const old = CHAIN.replaceAll(TOP_GUID, guid(7));
  const input = { guid: guid(7), descriptor: await diskOf(old) };
  for (const release of ['7.0.95', '7.0.280', '9.0.30'] as const) {
    expect(await fateOf(as(release).snapshotDelete(input))).toBe('SNAPSHOT_IS_TOP');
    expect(await fateOf(as(release).snapshotDelete({ ...input, discardTop: true }))).toBe(255);
  }
});

test('a top with a GUID of its own that only the tool can read is not deleted either', async () => {
  const rows = [`${guid(0)} ${NIL_GUID}   /p/d0`, `${guid(7)} ${guid(0)} * /p/d1`];
  const input = { guid: guid(7), descriptor: '/p/DiskDescriptor.xml' };
  const runner = as('9.0.30', { rows, isLocal: false });
  expect(await fateOf(runner.snapshotDelete(input))).toBe('SNAPSHOT_IS_TOP');
  expect(await fateOf(runner.snapshotDelete({ ...input, discardTop: true }))).toBe(255);
});

test('a descriptor that only the tool can read is judged by what the tool lists', async () => {
  const input = { descriptor: '/p/DiskDescriptor.xml', guid: TOP_GUID, discardTop: true };
  const remote = { rows: ROWS, isLocal: false };
  expect(await fateOf(as('7.0.280', remote).snapshotDelete(input))).toBe('PARENT_IS_SHARED');
  const below = { ...input, guid: guid(1) };
  expect(await fateOf(as('7.0.280', remote).snapshotDelete(below))).toBe(255);
});

test('nothing is merged into a bare base with releases that cannot', async () => {
  const descriptor = await diskOf(RAW);
  const fates = async (release: Version): Promise<readonly unknown[]> => [
    await fateOf(as(release).snapshotDelete({ descriptor, guid: guid(0) })),
    await fateOf(as(release).snapshotMerge({ descriptor, guid: guid(1) })),
  ];
  for (const release of ['1.15', '7.0.280'] as const)
    expect(await fates(release)).toEqual([255, 255]);
  expect(await fates('8.0.30')).toEqual(['DISK_IS_RAW', 'DISK_IS_RAW']);
  expect(await fates('9.0.30')).toEqual(['DISK_IS_RAW', 'DISK_IS_RAW']);
});

test('a disk whose temporary snapshot is stuck can be grown and converted', async () => {
  const stuck = RAW.replace('<Shot>', '<Shot><Temporary/>');
  const descriptor = await diskOf(stuck);
  const runner = as('9.0.30');
  expect(await fateOf(runner.snapshot({ descriptor }))).toBe('RELEASE_UNFIT');
  expect(await fateOf(runner.resize({ descriptor, size: 'smallest' }))).toBe(255);
  expect(await fateOf(runner.convert({ descriptor, format: 'expanded' }))).toBe(255);
});

test('convert to expanded rewrites the descriptor alone, snapshots or not', async () => {
  const descriptor = await diskOf(CHAIN);
  for (const release of ['1.11', '1.15', '7.0.43', '9.0.30'] as const) {
    expect(await fateOf(as(release).convert({ descriptor, format: 'expanded' }))).toBe(255);
    for (const format of ['raw', 'preallocated'] as const)
      expect(await fateOf(as(release).convert({ descriptor, format }))).toBe('DISK_HAS_SNAPSHOTS');
  }
});

test('a release that drops the key of a disk does not write its descriptor', async () => {
  const descriptor = await diskOf(KEYED);
  const fates = async (runner: Runner): Promise<readonly unknown[]> =>
    Promise.all(
      [
        runner.snapshot({ descriptor }),
        runner.snapshotSwitch({ descriptor, guid: guid(0) }),
        runner.snapshotDelete({ descriptor, guid: guid(0) }),
        runner.snapshotMerge({ descriptor }),
        runner.convert({ descriptor, format: 'expanded' }),
      ].map(fateOf),
    );
  const lost = Array.from({ length: 5 }, () => 'DESCRIPTOR_MISWRITTEN');
  expect(await fates(as('1.15'))).toEqual(lost);
  expect(await fates(as('7.0.280'))).not.toContain('DESCRIPTOR_MISWRITTEN');
});

test('another shot with the constant GUID: no release that writes it twice is started', async () => {
  const shots = [{}, { parent: 0, guid: TOP_GUID }, { parent: 1, guid: guid(2) }];
  const descriptor = await diskOf(descriptorXml(shots));
  const outcomes = async (release: Version): Promise<readonly unknown[]> => [
    await fateOf(as(release).snapshot({ descriptor })),
    await fateOf(as(release).snapshotSwitch({ descriptor, guid: guid(0) })),
  ];
  for (const release of ['7.0.95', '7.0.280', '8.0.99', '9.0.30'] as const)
    expect(await outcomes(release)).toEqual(['DISK_DAMAGED', 'DISK_DAMAGED']);
  // 1.15 refuses both by itself.
  expect(await outcomes('1.15')).toEqual([255, 255]);
});
