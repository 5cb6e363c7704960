import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { bytes, NIL_GUID, parseGuid, TOP_GUID, type Guid } from '@ploop/descriptor';
import { hasTool, temporaryDirectory } from '@ploop/test-kit';
import { describe, expect, test } from 'vitest';

import { createRunner, type Runner } from '../src/index.ts';
import { takeSnapshot } from './example.ts';

const runner = createRunner();
const MIB = 1024 * 1024;
const guid = (index: number): Guid =>
  parseGuid(`{00000000-0000-4000-8000-00000000000${String(index)}}`) ?? NIL_GUID;

async function makeDisk(runWith: Runner = runner): Promise<string> {
  const directory = await temporaryDirectory('ploop test-');
  const path = join(directory, 'root.hdd');
  await runWith.init({ path, size: bytes(64 * MIB), fileSystem: 'none' });
  return join(directory, 'DiskDescriptor.xml');
}

describe.skipIf(!hasTool)('the real tool', () => {
  test('a disk through its life', async () => {
    const descriptor = await makeDisk();
    const image = join(descriptor, '..', 'root.hdd');
    expect(await runner.info({ descriptor })).toMatchObject({
      size: 64 * MIB,
      clusterSize: MIB,
    });
    expect(await runner.snapshot({ descriptor, guid: guid(1) })).toEqual({ guid: guid(1) });
    const { guid: second } = await runner.snapshot({ descriptor });
    const rows = await runner.snapshotList({ descriptor });
    expect(rows).toMatchObject([
      { guid: guid(1), parentGuid: NIL_GUID, current: false, file: image },
      { guid: second, parentGuid: guid(1), current: false },
      { guid: TOP_GUID, parentGuid: second, current: true },
    ]);
    await runner.snapshotSwitch({ descriptor, guid: guid(1) });
    expect(await runner.snapshotDelete({ descriptor, guid: guid(1) })).toEqual({
      markedTemporary: true,
    });
    expect(await runner.snapshotDelete({ descriptor, guid: second })).toEqual({
      markedTemporary: false,
    });
    await runner.snapshot({ descriptor, guid: guid(2) });
    await runner.snapshotMerge({ descriptor });
    expect(await runner.snapshotList({ descriptor })).toMatchObject([
      { guid: TOP_GUID, parentGuid: NIL_GUID, current: true, file: image },
    ]);
    expect(await runner.check({ descriptor })).toHaveProperty('report');
  });

  test('it works where the environment is too small for it, or hostile', async () => {
    const emptied = Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined]));
    await makeDisk(createRunner({ env: emptied }));
    await makeDisk(createRunner({ env: { POSIXLY_CORRECT: '1', LC_ALL: 'de_DE.UTF-8' } }));
  });

  test.each<[string, (descriptor: string) => Promise<unknown>, object]>([
    [
      'no descriptor',
      (descriptor) => runner.info({ descriptor: join(descriptor, '..', 'no.xml') }),
      { exitCode: 39, exitName: 'DISKDESCR', toolErrors: [{ func: 'ploop_open_dd' }] },
    ],
    [
      'a listing of no descriptor',
      (descriptor) => runner.snapshotList({ descriptor: join(descriptor, '..', 'no.xml') }),
      { exitCode: 1, exitName: 'CREAT' },
    ],
    [
      'an unknown snapshot, deleted',
      (descriptor) => runner.snapshotDelete({ descriptor, guid: guid(9) }),
      { exitCode: 43, exitName: 'NOSNAP' },
    ],
    [
      'an unknown snapshot, switched to',
      (descriptor) => runner.snapshotSwitch({ descriptor, guid: guid(9) }),
      { exitCode: 38, exitName: 'PARAM' },
    ],
    [
      'nothing to merge',
      (descriptor) => runner.snapshotMerge({ descriptor }),
      { exitCode: 38, exitName: 'PARAM' },
    ],
    [
      'a broken descriptor',
      async (descriptor) => {
        await writeFile(descriptor, '<a>');
        await runner.info({ descriptor });
      },
      { exitCode: 23, hint: expect.stringContaining('broken') as unknown },
    ],
    [
      'a directory that does not exist',
      (descriptor) =>
        runner.init({
          path: join(descriptor, '..', 'sub', 'x.hdd'),
          size: bytes(64 * MIB),
          fileSystem: 'none',
        }),
      { exitCode: 1 },
    ],
  ])('%s', async (_name, act, expected) => {
    await expect(act(await makeDisk())).rejects.toMatchObject({ code: 'EXIT', ...expected });
  });

  test('the example of the README', async () => {
    const descriptor = await makeDisk();
    expect(await takeSnapshot(descriptor)).toMatch(/^\{.*\}$/);
    expect(await takeSnapshot(join(descriptor, '..', 'no.xml'))).toBe('no such disk');
  });

  test('an image that exists is refused, and still there', async () => {
    const path = join(await temporaryDirectory(), 'root.hdd');
    await writeFile(path, 'precious');
    await expect(
      runner.init({ path, size: bytes(64 * MIB), fileSystem: 'none' }),
    ).rejects.toMatchObject({ reason: 'TARGET_EXISTS' });
    expect(await readFile(path, 'utf8')).toBe('precious');
  });

  test('clusters and formats arrive', async () => {
    const path = join(await temporaryDirectory(), 'x.hdd');
    const clusterSize = bytes(64 * 1024);
    await runner.init({
      path,
      size: bytes(2 * MIB),
      clusterSize,
      format: 'preallocated',
      fileSystem: 'none',
    });
    const descriptor = join(path, '..', 'DiskDescriptor.xml');
    expect(await runner.info({ descriptor })).toMatchObject({ size: 2 * MIB, clusterSize });
    expect((await stat(path)).size).toBeGreaterThan(2 * MIB);
  });
});
