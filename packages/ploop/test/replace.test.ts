import { copyFile, open, readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { TOP_GUID } from '../src/index.ts';
import { hasKernel } from './kernel/world.ts';
import { machine } from './machine.ts';

const FIRST = '{11111111-1111-4111-8111-111111111111}';

describe.skipIf(!hasKernel)('an image with the real tool on the stand-in', () => {
  test.each([
    { mounted: true, keepName: true },
    { mounted: true, keepName: false },
    { mounted: false, keepName: true },
    { mounted: false, keepName: false },
  ])('is replaced by a copy: %j', async ({ mounted, keepName }) => {
    const { disk, directory } = await machine();
    await disk.snapshot({ guid: FIRST });
    const image = join(directory, 'root.hdd');
    const copy = join(directory, 'copy of it');
    await copyFile(image, copy);
    if (mounted) await disk.mount();
    const file = keepName ? image : copy;
    expect(await disk.replace({ target: { level: 0 }, file: copy, keepName })).toEqual({
      guid: FIRST,
      file,
    });
    expect((await disk.images()).map((one) => one.file)).toEqual([file, await disk.topDelta()]);
    if (mounted) expect((await disk.mounts())[0]?.images?.[0]).toBe(file);
    const names = await readdir(directory);
    expect(names.filter((name) => name.startsWith('.'))).toEqual([]);
    expect(names.includes('copy of it')).toBe(!keepName);
    expect(names.includes('root.hdd')).toBe(true);
  });

  test('is named by its shot, its path or its level', async () => {
    const { disk, directory } = await machine();
    await disk.snapshot({ guid: FIRST });
    let file = join(directory, 'root.hdd');
    const targets = [() => ({ guid: FIRST }), () => ({ file }), () => ({ level: 0 })];
    for (const [index, target] of targets.entries()) {
      const copy = join(directory, `copy ${String(index)}`);
      await copyFile(file, copy);
      expect(await disk.replace({ target: target(), file: copy })).toMatchObject({ file: copy });
      file = copy;
    }
    for (const target of [{ level: 9 }, { level: -1 }, { file: join(directory, 'root.hdd') }])
      await expect(disk.replace({ target, file })).rejects.toMatchObject({
        reason: 'IMAGE_UNKNOWN',
      });
  });

  test('is not replaced by what is not a copy', async () => {
    const { disk, directory } = await machine();
    await disk.snapshot({ guid: FIRST });
    const file = join(directory, 'copy');
    const target = { guid: FIRST };
    await expect(disk.replace({ target, file })).rejects.toMatchObject({ reason: 'PATH_INVALID' });
    await copyFile(join(directory, 'root.hdd'), file);
    const handle = await open(file, 'r+');
    for (const [offset, value] of [
      [36, 1],
      [4096, 1],
    ] as const) {
      await handle.write(Buffer.of(value), 0, 1, offset);
      await expect(disk.replace({ target, file })).rejects.toMatchObject({
        reason: 'REPLACEMENT_DIFFERS',
      });
    }
    await handle.close();
    await truncate(file, 4096);
    await expect(disk.replace({ target, file })).rejects.toMatchObject({
      reason: 'REPLACEMENT_DIFFERS',
    });
    const top = await disk.topDelta();
    await expect(disk.replace({ target, file: top })).rejects.toMatchObject({ code: 'REFUSED' });
    expect(await disk.images()).toMatchObject([{ guid: FIRST }, { guid: TOP_GUID }]);
  });

  test('that is written to is not replaced', async () => {
    const { disk, directory } = await machine();
    await disk.mount();
    const file = join(directory, 'copy');
    await copyFile(join(directory, 'root.hdd'), file);
    await expect(disk.replace({ target: { level: 0 }, file })).rejects.toMatchObject({
      code: 'EXIT',
    });
    expect(await disk.topDelta()).toBe(join(directory, 'root.hdd'));
  });
});
