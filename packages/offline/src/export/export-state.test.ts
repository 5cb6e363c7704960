import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { openSnapshot } from '../snapshot/open-snapshot.ts';
import { exportSnapshot } from './export-snapshot.ts';
import { originOf } from './export-state.ts';

const CLUSTERS = 64;
const SIZE = CLUSTERS * 32_768;
const bat = Array.from({ length: CLUSTERS }, (_, cluster) => cluster + 1);

test('an unfinished export is not taken up if the descriptor says something else of the files', async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, 'DiskDescriptor.xml');
  const xml = descriptorXml([{}, { parent: 0 }], { blockSize: '64' });
  await writeFile(join(directory, 'd0'), imageBytes({ clusters: CLUSTERS }, bat));
  await writeFile(join(directory, 'd1'), imageBytes({ clusters: CLUSTERS }, []));
  const target = join(directory, 'out');
  const stop = new AbortController();

  await writeFile(path, xml.replace('Compressed', 'Plain'));
  {
    await using wrong = await openSnapshot(directory);
    expect(wrong.rawBase).toBe(true);
    const stopped = exportSnapshot(wrong, target, {
      threads: false,
      signal: stop.signal,
      progress: ({ position }) => {
        if (position > SIZE / 2) stop.abort(new Error('enough'));
      },
    });
    await expect(stopped).rejects.toThrow('enough');
  }

  await writeFile(path, xml);
  await using right = await openSnapshot(directory);
  expect(await exportSnapshot(right, target)).toMatchObject({ resumedAt: 0 });
  expect((await readFile(target)).equals(Buffer.from(await right.read(0, SIZE)))).toBe(true);
});

test('the origin of an export has the ranges of the parts, and how each file is read', async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'DiskDescriptor.xml'), descriptorXml([{}], { blockSize: '64' }));
  await writeFile(join(directory, 'd0'), imageBytes({ clusters: CLUSTERS }, bat));
  await using snapshot = await openSnapshot(directory);
  const [part] = snapshot.parts;
  const [layer] = snapshot.layers;
  if (part === undefined || layer === undefined) throw new Error('no part');
  const others = [
    [{ ...part, start: 512 }],
    [{ ...part, end: 512 }],
    [part, part],
    [{ ...part, layers: [{ ...layer, image: { ...layer.image, clusterSize: undefined } }] }],
    [{ ...part, layers: [{ ...layer, size: 512 }] }],
  ] as unknown as readonly (typeof snapshot.parts)[];
  const how = { sparse: true, size: snapshot.size };
  const origins = others.map((parts) => JSON.stringify(originOf({ ...snapshot, parts }, how)));
  expect(new Set([...origins, JSON.stringify(originOf(snapshot, how))]).size).toBe(6);
});
