import { execFileSync } from 'node:child_process';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

import { hasDiskPrograms } from '@ploop/test-kit/programs';
import { layeredDisk } from '@ploop/test-kit/disks/layered-disk';
import { sample, temporaryDirectory, testGuid } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  byPath,
  canMount,
  listedByKernel,
  makeSparse,
  mounted,
  sourceIn,
} from '../../contents/test/ext/image.ts';
import { listed } from '../../contents/test/ext/listing.ts';
import { run, runOwn } from '../../contents/test/ext/programs.ts';
import { openFiles } from '../src/index.ts';

const MIB = 2 ** 20;
const shell = (cwd: string, ...lines: readonly string[]): void => {
  execFileSync('bash', ['-ec', lines.join('\n')], {
    cwd,
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
    stdio: 'pipe',
  });
};
const GPT = [
  'truncate -s 64M raw',
  'sgdisk -n 1:2048:+16M -n 2:0:+16M -n 3:0:+8M raw',
  'mkdir one two; echo first > one/name; echo second > two/name',
  'mke2fs -q -t ext4 -L boot -E offset=1048576 -d one raw 16M',
  'mke2fs -q -t ext4 -L root -E offset=17825792 -d two raw 16M',
  'truncate -s 8M swap; mkswap -L s swap; dd if=swap of=raw bs=1M seek=33 conv=notrunc',
];

test.skipIf(!canMount)('files of snapshots are those that the kernel shows', async () => {
  const tree = fc.record({
    ...{ seed: fc.nat(), entries: fc.integer({ min: 1, max: 80 }) },
    levels: fc.integer({ min: 1, max: 5 }),
    hasTable: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(tree, async ({ seed, entries, levels, hasTable }) => {
      const directory = await temporaryDirectory();
      const image = join(directory, 'raw');
      await makeSparse(image, 48 * MIB);
      const source = sourceIn(directory);
      runOwn('make_tree.py', source, String(seed), String(entries));
      run('mke2fs', '-q', '-t', 'ext4', '-N', '4000', '-d', source, image);
      const shown = mounted(image, 'ro', listedByKernel) ?? [];
      if (hasTable)
        shell(
          directory,
          'mv raw content; truncate -s 51M raw; sgdisk -n 1:2048:+48M raw',
          'dd if=content of=raw bs=1M seek=1 conv=notrunc,sparse',
        );
      await using files = await openFiles(
        await layeredDisk(join(directory, 'disk'), image, levels),
      );
      expect(files.partition).toBe(hasTable ? 1 : undefined);
      expect(byPath(await listed(files))).toEqual(byPath(shown));
      expect(files.diagnostics()).toEqual([]);
      await files.checkUnchanged();
    }),
    { ...sample('trees in snapshots', 3), endOnFailure: true },
  );
});

test.skipIf(!hasDiskPrograms)('the partition is chosen, and listed if it is not', async () => {
  const directory = await temporaryDirectory();
  shell(directory, ...GPT);
  const disk = await layeredDisk(join(directory, 'disk'), join(directory, 'raw'));
  await expect(openFiles(disk)).rejects.toMatchObject({
    code: 'FILE_SYSTEMS_SEVERAL',
    diagnostics: [
      {
        data: {
          candidates: [
            { partition: 1, type: 'ext4', label: 'boot' },
            { partition: 2, type: 'ext4', label: 'root' },
          ],
        },
      },
    ],
  });
  await expect(openFiles(disk, { partition: 3 })).rejects.toMatchObject({
    code: 'FILE_SYSTEM_MISSING',
    message: expect.stringContaining(
      'partition 3 has no file system that can be read; found: partition 3: swap space "s"',
    ) as string,
  });
  await expect(openFiles(disk, { partition: 4 })).rejects.toMatchObject({
    code: 'PARTITION_UNKNOWN',
    diagnostics: [{ data: { partition: 4, partitions: [1, 2, 3] } }],
  });
  await using files = await openFiles(disk, { partition: 2 });
  const file = await files.open('/name');
  expect(String(await buffer(file.createReadStream()))).toBe('second\n');
  expect(String(await buffer(file.createReadStream({ start: 1, end: 3 })))).toBe('ec');
  expect(files).toMatchObject({ partition: 2, start: 17_825_792, type: 'ext4' });
});

test.skipIf(!hasDiskPrograms)('a snapshot has the files of its time, and an end', async () => {
  const directory = await temporaryDirectory();
  for (const name of ['old', 'new'])
    shell(
      directory,
      `truncate -s 8M ${name}; mkdir s-${name}; echo ${name} > s-${name}/name`,
      `mke2fs -q -d s-${name} ${name}`,
    );
  const disk = await layeredDisk(join(directory, 'disk'), join(directory, 'new'), 2);
  await layeredDisk(join(directory, 'older'), join(directory, 'old'), 1);
  await layeredDisk(join(directory, 'newer'), join(directory, 'new'), 1);
  shell(directory, 'cp older/d0 disk/d0; cp newer/d0 disk/d1');
  await using oldest = await openFiles(disk, { snapshot: testGuid(0) });
  await using newest = await openFiles(disk);
  expect(String(await buffer((await oldest.open('name')).createReadStream()))).toBe('old\n');
  expect(String(await buffer((await newest.open('name')).createReadStream()))).toBe('new\n');
  const stop = new AbortController();
  const stopped = await openFiles(disk, { signal: stop.signal });
  stop.abort();
  await expect(stopped.stat('/name')).rejects.toMatchObject({ name: 'AbortError' });
  await stopped.close();
  await expect(openFiles(disk, { signal: stop.signal })).rejects.toThrow();
  await appendFile(join(disk, 'd0'), 'x');
  await expect(newest.checkUnchanged()).rejects.toMatchObject({ code: 'IMAGE_CHANGED' });
});

test('content that is not a file system is refused by its name', async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'raw'), Buffer.alloc(MIB, 'nothing'));
  const disk = await layeredDisk(join(directory, 'disk'), join(directory, 'raw'), 1);
  await expect(openFiles(disk)).rejects.toMatchObject({
    code: 'FILE_SYSTEM_MISSING',
    message: expect.stringContaining(
      'the disk has no file system that can be read; found: nothing that is recognised',
    ) as string,
  });
  await expect(openFiles(disk, { partition: 1 })).rejects.toMatchObject({
    code: 'PARTITION_UNKNOWN',
    message: expect.stringContaining(
      'partition 1 does not exist: the disk has no partitions',
    ) as string,
  });
});
