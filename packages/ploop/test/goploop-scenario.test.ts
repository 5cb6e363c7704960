import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import {
  createDisk,
  createRunner,
  ExitCode,
  isExit,
  isNotMounted,
  openDisk,
} from '../src/index.ts';
import { ASKED } from './asked.ts';
import { hasKernel, world } from './kernel/world.ts';

const MIB = 2 ** 20;

/** What the stand-in gives another answer to than a kernel. No step needs to be left out for it. */
const LIMITS = [
  'online shrink: the balloon takes the space, but frees no cluster of the image',
  'online grow: resize2fs works as on a file system that is not mounted',
  'fsInfo of the mounted disk is not a step: this process sees the file system of the machine there',
];

/** What the test suite of goploop does to one disk from its creation on, step by step. */
test.skipIf(!hasKernel)('the scenario of goploop, with the real tool', async () => {
  const { env, roots } = world();
  const runner = createRunner({ env, ...ASKED });
  const directory = await temporaryDirectory();
  const image = join(directory, 'root.hdd');
  const target = join(directory, 'mnt');
  const log: string[] = [];
  const step = async <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
    const started = performance.now();
    const result = await work();
    const took = `${String(Math.round(performance.now() - started))} ms`;
    log.push(
      `  ${name.padEnd(34)} ${took.padStart(8)}  ${result === undefined ? '' : JSON.stringify(result)}`,
    );
    return result;
  };
  const failing = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'it did not fail',
      (error: unknown) => error,
    );
  const copyOfBase = async (name: string): Promise<string> => {
    const copy = join(directory, name);
    await copyFile(image, copy);
    return copy;
  };
  await mkdir(target);

  const { descriptorPath } = await step('create, 384 MiB', () =>
    createDisk({ path: image, size: 384 * MIB, runner }),
  );
  const disk = await step('open', () => openDisk(descriptorPath, { runner, roots }));
  const mounted = await step('mount', () => disk.mount({ target }));
  expect(mounted).toMatchObject({ partition: `${mounted.device}p1`, mountPoint: target });

  const shrunk = await step('resize, online, 256 MiB', () => disk.resize(256 * MIB));
  expect(shrunk).toEqual({ size: 384 * MIB });
  const grown = await step('resize, online, 512 MiB', () => disk.resize(512 * MIB));
  expect(grown).toEqual({ size: 512 * MIB });

  const { guid } = await step('snapshot, online', () => disk.snapshot());
  const replaced = await step('replace, online, keeping the name', async () =>
    disk.replace({ target: { level: 0 }, file: await copyOfBase('copy'), keepName: true }),
  );
  expect(replaced).toEqual({ guid, file: image });
  const refused = await step('switch, online: fails with 38', async () =>
    isExit(await failing(disk.switchSnapshot(guid)), ExitCode.PARAM),
  );
  expect(refused).toBe(true);
  const deleted = await step('delete the snapshot, online', () => disk.deleteSnapshot(guid));
  expect(deleted).toEqual({ outcome: 'merged' });
  expect(await step('is it mounted: yes', () => disk.isMounted())).toBe(true);

  await step('unmount', () => disk.umount());
  expect(await step('is it mounted: no', () => disk.isMounted())).toBe(false);
  const again = await step('unmount again: is not mounted', async () =>
    isNotMounted(await failing(disk.umount())),
  );
  expect(again).toBe(true);

  for (const [name, size] of [
    ['256 MiB', 256 * MIB],
    ['768 MiB', 768 * MIB],
    ['256 MiB', 256 * MIB],
  ] as const) {
    const { size: made } = await step(`resize, offline, ${name}`, () => disk.resize(size));
    expect(made).toBe(Math.max(made, size));
  }
  expect(await disk.imageInfo()).toMatchObject({ size: 768 * MIB, differences: [] });

  const offline = await step('snapshot, offline', () => disk.snapshot());
  await step('replace, offline', async () =>
    disk.replace({ target: { guid: offline.guid }, file: await copyOfBase('copy 2') }),
  );
  await step('switch, offline', () => disk.switchSnapshot(offline.guid));
  // The tool drops .statfs when it mounts a disk for itself, to resize it.
  await step('mount and unmount', async () => {
    await disk.mount({ target });
    await disk.umount();
  });
  const fileSystem = await step('fsInfo', () => disk.fsInfo());
  expect(fileSystem).toMatchObject({ blockSize: 4096, source: '.statfs' });
  expect(fileSystem.blocks * fileSystem.blockSize).toBeLessThan(768 * MIB);
  expect(fileSystem.blocksFree).toBeLessThan(fileSystem.blocks);
  const info = await step('imageInfo', () => disk.imageInfo());
  expect(info).toMatchObject({ size: 768 * MIB, clusterSize: MIB, version: 2 });

  log.push(`  left in the directory: ${(await readdir(directory)).join(', ')}`);
  console.info(
    [
      'goploop scenario:',
      ...log,
      'not as with a kernel:',
      ...LIMITS.map((limit) => `  ${limit}`),
    ].join('\n'),
  );
});
