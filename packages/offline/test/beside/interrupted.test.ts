import { spawnSync } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { formatDiagnostic } from '@ploop/descriptor';
import { descriptorXml, hasTool, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { systemPath } from '@ploop/test-kit/programs';
import { describe, expect, test } from 'vitest';

import { checkDisk } from '../../src/index.ts';

const NAME = 'DiskDescriptor.xml';
const env = { ...process.env, PATH: systemPath, LC_ALL: 'C', PLOOP_PAD: 'x'.repeat(8192) };
const guid = (digit: string): string => `{${digit.repeat(8)}-1111-1111-1111-111111111111}`;
const [FIRST, SECOND, BRANCH] = [guid('a'), guid('b'), guid('c')];

function ploop(directory: string, line: string): void {
  const { status, stderr } = spawnSync('ploop', line.split(' '), {
    ...{ cwd: directory, env },
    encoding: 'utf8',
  });
  expect(status, `${line}: ${stderr}`).toBe(0);
}

/** A disk with its descriptor, on which the tool did some things. */
async function disk(...lines: readonly string[]): Promise<string> {
  const directory = join(await temporaryDirectory(), 'disk');
  spawnSync('mkdir', [directory]);
  ploop(directory, 'init -s 16M -t none root.hdd');
  for (const line of lines) ploop(directory, line);
  return directory;
}

const snap = (id: string): string => `snapshot -u ${id} ${NAME}`;
const TWO = [snap(FIRST), snap(SECOND)];
/** By what was under way: the disk before, and the command. */
const CASES: readonly (readonly [string, readonly string[], readonly string[], string])[] = [
  ['snapshot', ['snapshot'], TWO, `snapshot ${NAME}`],
  ['switch', ['switch'], TWO, `snapshot-switch -u ${FIRST} ${NAME}`],
  ['switch to the parent', ['switch', 'replace'], TWO, `snapshot-switch -u ${SECOND} ${NAME}`],
  [
    'delete of a leaf',
    ['delete'],
    [...TWO, `snapshot-switch -u ${FIRST} ${NAME}`, snap(BRANCH)],
    `snapshot-delete -u ${SECOND} ${NAME}`,
  ],
  ['delete below the top', ['merge', 'delete'], TWO, `snapshot-delete -u ${SECOND} ${NAME}`],
  ['delete between', ['merge'], [...TWO, snap(BRANCH)], `snapshot-delete -u ${SECOND} ${NAME}`],
  ['delete of the base', ['merge'], TWO, `snapshot-delete -u ${FIRST} ${NAME}`],
  [
    'delete of the top',
    ['merge', 'delete'],
    TWO,
    `snapshot-delete -u {5fbaabe3-6958-40ff-92a7-860e329aab41} ${NAME}`,
  ],
  ['merge of the top', ['merge', 'delete'], TWO, `snapshot-merge ${NAME}`],
  ['merge of all', ['merge'], TWO, `snapshot-merge -A ${NAME}`],
  ['merge of all into a new file', ['merge'], TWO, `snapshot-merge -A -n new.hdd ${NAME}`],
  [
    'delete of a fork',
    ['mark'],
    [...TWO, `snapshot-switch -u ${FIRST} ${NAME}`],
    `snapshot-delete -u ${FIRST} ${NAME}`,
  ],
  ['replacement', ['replace'], [snap(FIRST)], `replace -u ${FIRST} -i copy.hdd ${NAME}`],
  ['conversion to raw', ['raw'], [], `convert -f raw ${NAME}`],
  ['conversion to preallocated', ['preallocate'], [], `convert -f preallocated ${NAME}`],
  ['resize', ['resize'], [], `grow -s 32M ${NAME}`],
];

describe.skipIf(!hasTool)('a descriptor that the tool prepared names the operation', () => {
  test.each(CASES)('%s', async (_name, operations, lines, command) => {
    const directory = await disk(...lines);
    if (command.startsWith('replace'))
      await cp(join(directory, 'root.hdd'), join(directory, 'copy.hdd'));
    const before = await readFile(join(directory, NAME));
    const copy = `${directory}-copy`;
    await cp(directory, copy, { recursive: true });
    ploop(copy, command);
    const after = await readFile(join(copy, NAME));
    expect(after).not.toEqual(before);
    await writeFile(join(directory, `${NAME}.tmp`), after);
    expect(await operationsIn(directory)).toEqual([operations]);
    // An old descriptor is converted by whatever stores it.
    const old = guid('d');
    const older = before.toString().replaceAll('{5fbaabe3-6958-40ff-92a7-860e329aab41}', old);
    await writeFile(join(directory, NAME), older);
    expect(await operationsIn(directory)).toEqual([operations]);
  });
});

async function operationsIn(directory: string): Promise<readonly unknown[]> {
  const { diagnostics } = await checkDisk(directory);
  return diagnostics.flatMap(({ code, data }) =>
    code === 'OPERATION_INTERRUPTED' ? [data.operations] : [],
  );
}

/** A disk of two images, and what is in the prepared descriptor. */
async function prepared(tmp: string | undefined, suffix = '.tmp'): Promise<string> {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, NAME), XML);
  for (const file of ['d0', 'd1']) await writeFile(join(directory, file), imageBytes());
  await writeFile(join(directory, `${NAME}${suffix}`), tmp ?? XML);
  return directory;
}

const XML = descriptorXml([{}, { parent: 0 }], { blockSize: '64', size: '4096' });
const UNDECIDED: readonly (readonly [string, string | undefined])[] = [
  ['nothing', ''],
  ['half of it', XML.slice(0, XML.length / 2)],
  ['another disk', XML.replaceAll('d0', 'x').replaceAll('d1', 'y')],
];

test.each(UNDECIDED)('%s names no operation, and what each may have done', async (_name, tmp) => {
  const { diagnostics } = await checkDisk(await prepared(tmp));
  const found = diagnostics.filter(({ code }) => code === 'OPERATION_INTERRUPTED');
  expect(found).toHaveLength(1);
  expect(found[0]?.data).not.toHaveProperty('operations');
  const text = found[0] === undefined ? '' : formatDiagnostic(found[0]);
  expect(text).toContain('which one is not known (');
  expect(text).not.toContain('a snapshot;');
  expect(found[0]?.hint).toMatch(/Nothing shows which operation it was.*parent may be lost.*raw/);
});

test('the same descriptor leaves several operations, each named once', async () => {
  const directory = await prepared(undefined);
  const all = ['replace', 'version', 'preallocate', 'rewrite', 'resize'];
  expect(await operationsIn(directory)).toEqual([all]);
  const { diagnostics } = await checkDisk(directory);
  const [finding] = diagnostics.filter(({ code }) => code === 'OPERATION_INTERRUPTED');
  const text = finding === undefined ? '' : formatDiagnostic(finding);
  expect(text).toContain('the replacement of an image; a change of the format version; ');
  expect(finding?.hint.match(/conversion to preallocated/g)).toHaveLength(1);
});

test.each([
  ['a reverse merge', '.tmp', XML.replace('</ParentGUID>', '</ParentGUID><TemporaryZero/>')],
  ['a volume', '.vol.tmp', XML],
])('%s of later releases', async (_name, suffix, tmp) => {
  const expected = suffix === '.tmp' ? 'reverse-merge' : 'volume';
  expect(await operationsIn(await prepared(tmp, suffix))).toEqual([[expected]]);
});

test('without a descriptor, the first one was being made', async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, `${NAME}.tmp`), XML);
  await expect(checkDisk(directory)).rejects.toMatchObject({
    diagnostics: [
      { code: 'DESCRIPTOR_MISSING' },
      { code: 'DESCRIPTOR_USABLE' },
      { code: 'OPERATION_INTERRUPTED', data: { operations: ['create', 'restore-descriptor'] } },
    ],
  });
});

test('the files that only the prepared descriptor names have the same cause', async () => {
  const after = descriptorXml([{}, { parent: 0 }, { parent: 1 }], {
    ...{ blockSize: '64', size: '4096' },
  });
  const directory = await prepared(after);
  await writeFile(join(directory, 'd2'), imageBytes({}, [1]));
  const { diagnostics } = await checkDisk(directory);
  const rival = diagnostics.find(({ code }) => code === 'DESCRIPTOR_RIVAL');
  expect(rival?.hint).toMatch(/^OPERATION_INTERRUPTED has the same cause/);
});
