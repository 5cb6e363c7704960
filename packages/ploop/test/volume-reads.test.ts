import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { descriptorXml, temporaryDirectory, testGuid, type NodeXml } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { openDisk, TOP_GUID } from '../src/index.ts';
import { imageBytes } from './header.ts';

/** A directory with the descriptor of a volume: what is in its `Volume`, and its shot. */
async function volume(directory: string, content: string, node: NodeXml): Promise<void> {
  await mkdir(directory, { recursive: true });
  const xml = descriptorXml([node]).replace('<Storage>', `<Volume>${content}</Volume><Storage>`);
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
}

test('reads of a volume go on in its parents, within the directory of all of them', async () => {
  const parent = await temporaryDirectory();
  const at = (name: string): string => join(parent, name);
  await volume(at('s'), '<ReadOnly>1</ReadOnly>', { guid: testGuid(1), file: '../a/d0' });
  const above = { parentGuid: testGuid(1), file: 'd1' };
  await volume(at('a'), '<Parent>../s</Parent>', above);
  for (const image of ['d0', 'd1']) await writeFile(join(at('a'), image), imageBytes());
  const disk = await openDisk(at('a'), { confine: parent });
  const files = [join(at('a'), 'd0'), join(at('a'), 'd1')];
  expect((await disk.images()).map(({ file }) => resolve(file))).toEqual(files);
  expect(disk.imagesSync(testGuid(1)).map(({ file }) => resolve(file))).toEqual([files[0]]);
  const listed = await disk.snapshots();
  expect(listed).toMatchObject([
    { guid: TOP_GUID, parentGuid: testGuid(1), current: true, file: files[1] },
    { guid: testGuid(1), current: false, volume: at('s') },
  ]);
  expect(listed[0]).not.toHaveProperty('volume');
  expect(disk.snapshotsSync()).toEqual(listed);
  const confined = await openDisk(at('a'));
  const outside = {
    code: 'VOLUME_OUTSIDE',
    diagnostics: [
      { hint: expect.stringContaining(`pass \`confine: ${JSON.stringify(parent)}\``) as unknown },
    ],
  };
  await expect(confined.images()).rejects.toMatchObject(outside);
  await expect(confined.snapshots()).rejects.toMatchObject(outside);
  await expect(confined.mergeSnapshot()).rejects.toMatchObject({
    reason: 'DELTA_OUTSIDE',
    hint: outside.diagnostics[0]?.hint,
  });
  await rm(at('s'), { recursive: true });
  await expect(disk.images()).rejects.toMatchObject({ code: 'VOLUME_UNREADABLE' });
});
