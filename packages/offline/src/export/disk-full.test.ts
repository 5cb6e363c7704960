import { spawnSync } from 'node:child_process';
import { readFile, readdir, stat, statfs, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { DescriptorError } from '@ploop/descriptor';
import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { mounted } from '@ploop/test-kit/loop';
import { expect, test } from 'vitest';

import { openSnapshot, type Snapshot } from '../snapshot/open-snapshot.ts';
import { exportSnapshot } from './export-snapshot.ts';

const MIB = 2 ** 20;
const CLUSTER = 32768;
const DISK_MIB = 16;

/** A disk whose every cluster has data. */
async function disk(): Promise<{ snapshot: Snapshot; model: Buffer }> {
  const directory = await temporaryDirectory();
  const clusters = (DISK_MIB * MIB) / CLUSTER;
  const bat = Array.from({ length: clusters }, (_, index) => index + 1);
  const image = Buffer.from(imageBytes({ clusters }, bat));
  await writeFile(join(directory, 'd0'), image);
  const xml = descriptorXml([{}], { blockSize: '64' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  return { snapshot: await openSnapshot(directory), model: image.subarray(CLUSTER) };
}

/** Mounts a small file system; returns why that does not work, if so. */
type MountSmall = (directory: string) => Promise<string | undefined>;

const FILE_SYSTEMS: Readonly<Record<string, MountSmall>> = {
  tmpfs: (directory) =>
    Promise.resolve(mounted('-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', directory)),
  ext4: async (directory) => {
    const image = join(await temporaryDirectory(), 'ext4');
    await writeFile(image, '');
    await truncate(image, 40 * MIB);
    const made = spawnSync('mke2fs', ['-q', '-t', 'ext4', '-m', '0', image], { encoding: 'utf8' });
    if (made.error !== undefined) return made.error.message;
    return made.status === 0 ? mounted('-o', 'loop', image, directory) : made.stderr;
  },
};

/** Fills a file system until so much is left of it, in bytes. */
async function fill(directory: string, left: number): Promise<void> {
  const ballast = join(directory, 'ballast');
  const { size } = await stat(ballast).catch(() => ({ size: 0 }));
  const { bavail, bsize } = await statfs(directory);
  const wanted = size + bavail * bsize - left;
  if (wanted < size) await truncate(ballast, wanted);
  else await writeFile(ballast, Buffer.alloc(wanted, 1));
}

test.each(Object.entries(FILE_SYSTEMS))(
  'an export that fills a disk of %s says what fills it, and goes on when there is room',
  async (_name, mountSmall) => {
    const { snapshot, model } = await disk();
    const directory = await temporaryDirectory();
    const problem = await mountSmall(directory);
    if (problem !== undefined) {
      console.warn(`nothing can be mounted here: ${problem}`);
      return;
    }
    const target = join(directory, 'out.raw');
    const part = `${target}.part`;
    let reached = 1;
    // A thread takes more at a time, so it may not come any further in what room there is.
    for (const threads of [false, true]) {
      await fill(directory, 6 * MIB);
      const failure = (await exportSnapshot(snapshot, target, { threads }).catch(
        (error: unknown) => error,
      )) as DescriptorError;
      const stored = (await stat(part)).blocks * 512;
      expect(stored).toBeGreaterThan(MIB);
      expect(failure).toMatchObject({
        code: 'FILE_UNWRITABLE',
        cause: { code: 'ENOSPC' },
        diagnostics: [
          { code: 'FILE_UNWRITABLE' },
          { code: 'EXPORT_UNFINISHED', data: { file: part, size: model.length, stored } },
        ],
      });
      const { done } = failure.diagnostics[1]?.data as { readonly done: number };
      expect(done).toBeGreaterThanOrEqual(reached);
      const written = await readFile(part);
      expect(model.subarray(0, done).equals(written.subarray(0, done))).toBe(true);
      reached = done;
    }
    await fill(directory, DISK_MIB * MIB);
    expect(await exportSnapshot(snapshot, target, { verify: true })).toMatchObject({
      resumedAt: reached,
    });
    expect(model.equals(await readFile(target))).toBe(true);
    expect((await readdir(directory)).sort()).toEqual(
      expect.not.arrayContaining(['out.raw.part', 'out.raw.part.json']),
    );
    await snapshot.close();
  },
);
