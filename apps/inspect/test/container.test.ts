import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { main } from '../src/main.ts';
import { writeTestDisk } from './test-disk.ts';

const GUIDS = ['11111111', '22222222', '22222223'].map(
  (start) => `{${start}-0000-4000-8000-000000000000}`,
);
const GONE = '{99999999-0000-4000-8000-000000000000}';

/** A private area of a container: three snapshots are listed, of which one is not on the disk. */
async function privateArea(
  names: readonly string[] = ['before', 'Ä\u0001日本', 'gone'],
): Promise<string> {
  const area = await temporaryDirectory();
  await writeTestDisk(join(area, 'root.hdd'));
  const [base, second] = GUIDS;
  const item = (guid: string | undefined, name: string | undefined, date: string): string =>
    `<SavedStateItem guid="${guid ?? ''}"><Name>${(name ?? '').replace('\u0001', '&#x202e;')}</Name><DateTime>${date}</DateTime><Description><![CDATA[d]]></Description>`;
  const close = '</SavedStateItem>';
  await writeFile(
    join(area, 'Snapshots.xml'),
    `<ParallelsSavedStates>${item('', '', '')}${item(base, names[0], '2026-12-01 10:00:00')}${item(second, names[1], '')}${close}${item(GONE, names[2], '')}${close}${close}${close}</ParallelsSavedStates>`,
  );
  await writeFile(join(area, 've.conf'), 'NAME="web"\nOSTEMPLATE=".debian"\n');
  return area;
}

test('show and tree have the names and dates of the container', async () => {
  const area = await privateArea();
  const { stdout, exitCode } = await main(['tree', join(area, 'root.hdd')]);
  expect(exitCode).toBe(0);
  const confined = await main(['tree', '--confine', join(area, 'root.hdd'), area]);
  expect(confined.stdout).not.toContain('before');
  expect(stdout).toContain('11111111  d0  2026-12-01 10:00:00  before\n');
  expect(stdout).toContain('Ä\\u{202e}日本');
  expect(stdout).toMatch(/\{22222223-.*\} is not in .*Snapshots\.xml/);
  expect(stdout).toMatch(/\{99999999-.*\} "gone" is in .*Snapshots\.xml alone/);
  const show = await main(['show', area]);
  expect(show.stdout).toMatch(/\nname +web\n/);
  expect(show.stdout).toMatch(/GUID +PARENT +DATE +NAME +FILE/);
  const json = JSON.parse((await main(['tree', '--json', area])).stdout) as object;
  expect(json).toMatchObject({
    container: { name: 'web', template: '.debian', withoutShot: [GONE] },
    snapshots: [{ name: 'before', date: '2026-12-01 10:00:00', description: 'd' }, {}, {}, {}, {}],
  });
});

test('a snapshot is named by its name, after GUIDs and before their beginnings', async () => {
  const area = await privateArea(['22222223', 'top', 'gone']);
  const guidOf = async (name: string): Promise<unknown> => {
    const { stdout, exitCode } = await main(['images', '--json', '--snapshot', name, area]);
    return exitCode === 2 ? undefined : (JSON.parse(stdout) as { guid: string }).guid;
  };
  const [base, second, third] = GUIDS;
  expect(await guidOf('22222223')).toBe(base);
  expect(await guidOf('22222223-')).toBe(third);
  expect(await guidOf('{22222222-0')).toBe(second);
  expect(await guidOf('top')).toBe('{5fbaabe3-6958-40ff-92a7-860e329aab41}');
  expect(await guidOf('gone')).toBeUndefined();
});

test('an empty name names no snapshot', async () => {
  const area = await privateArea(['', 'b', 'gone']);
  const { exitCode } = await main(['images', '--snapshot', '', area]);
  expect(exitCode).toBe(2);
});

test('a name of several snapshots is refused with the candidates', async () => {
  const area = await privateArea(['same', 'same', 'gone']);
  const { stdout, exitCode } = await main(['images', '--json', '--snapshot', 'same', area]);
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    diagnostics: [{ code: 'SNAPSHOT_AMBIGUOUS', data: { candidates: GUIDS.slice(0, 2) } }],
  });
});

test('a list that is a symlink or no XML hides nothing', async () => {
  const area = await privateArea();
  const list = join(area, 'Snapshots.xml');
  await rename(list, join(area, 'elsewhere'));
  await symlink('elsewhere', list);
  const { stdout } = await main(['tree', area]);
  expect(stdout).not.toContain('before');
  await writeFile(join(area, 'elsewhere'), '<a');
  expect((await main(['tree', join(area, 'root.hdd')])).exitCode).toBe(0);
});

test('a directory with several disks is not guessed at', async () => {
  const area = await privateArea();
  await writeTestDisk(join(area, 'data.hdd'));
  const { stderr, exitCode } = await main(['tree', area]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('data.hdd');
  await mkdir(join(area, 'empty'));
  expect((await main(['tree', join(area, 'empty')])).exitCode).toBe(2);
});
