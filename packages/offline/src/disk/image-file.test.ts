import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { sectors } from '@ploop/descriptor';
import { createImage, mergeDelta } from '@ploop/image';
import { imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { openImageTarget, writeNewImage } from './image-file.ts';
import { openImageFile } from './open-image.ts';

const image = createImage({ version: 2, size: sectors(1000), blockSize: sectors(64) });

test('a new image is written whole, for its owner alone, and never over another file', async () => {
  const path = join(await temporaryDirectory(), 'root.hdd');
  await writeNewImage(path, image);
  const content = await readFile(path);
  expect(content.length).toBe(image.fileBytes);
  expect(content.subarray(0, 64)).toEqual(Buffer.from(image.header));
  expect(content.subarray(64).every((byte) => byte === 0)).toBe(true);
  const { mode, blocks, size } = await stat(path);
  expect(mode & 0o777).toBe(0o600);
  expect(blocks * 512).toBeGreaterThanOrEqual(size);
  await writeFile(path, 'mine');
  await expect(writeNewImage(path, image)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  expect(await readFile(path, 'utf8')).toBe('mine');
});

test('two files are merged', async () => {
  const directory = await temporaryDirectory();
  const [lower, upper] = [join(directory, 'lower'), join(directory, 'upper')];
  await writeFile(lower, imageBytes({}, [1, 2]));
  await writeFile(upper, imageBytes({}, [0, 1, 2]));
  const [target, source] = [await openImageTarget(lower), await openImageFile(upper)];
  const seen: unknown[] = [];
  const result = await mergeDelta(target, source, { progress: (done) => seen.push(done) });
  await Promise.all([target.close(), source.close()]);
  expect(result).toEqual({ copied: 2, added: 1 });
  expect(seen).toEqual([{ clusters: 64, of: 64 }]);
  const merged = await readFile(lower);
  expect([64, 68, 72, 76].map((at) => merged.readUInt32LE(at))).toEqual([1, 2, 3, 0]);
  expect([1, 2, 3].map((cluster) => merged[cluster * 32_768])).toEqual([1, 1, 2]);
});

test('what cannot be opened says so', async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, 'not a file');
  await mkdir(path);
  for (const file of [path, join(directory, 'nothing')])
    await expect(openImageTarget(file)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
});
