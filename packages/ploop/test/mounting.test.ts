import { execFileSync } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';
import { describe, expect, test } from 'vitest';

import { createDisk, createRunner } from '../src/index.ts';
import { ASKED } from './asked.ts';
import { hasKernel, world } from './kernel/world.ts';
import { toolIn } from './tool.ts';

const MIB = 2 ** 20;

describe.skipIf(!hasKernel)('the real tool on the stand-in', () => {
  test('mounts, changes and unmounts a disk', async () => {
    const { env, roots } = world();
    const tool = toolIn(env);
    const directory = await temporaryDirectory();
    const image = join(directory, 'root.hdd');
    const target = join(directory, 'mount point');
    await mkdir(target);
    const runner = createRunner({ env, ...ASKED });
    const { descriptorPath } = await createDisk({ path: image, size: 384 * MIB, runner });

    const { status, stdout } = tool('mount', '-m', target, descriptorPath);
    expect({ status, stdout: stdout.replace(/ino=\d+/, 'ino=N') }).toEqual({
      status: 0,
      stdout: [
        `Opening delta ${image}`,
        `Adding delta dev=/dev/ploop0 img=${image} (rw)`,
        `Mounting /dev/ploop0p1 at ${target} fstype=ext4 data='balloon_ino=N,' \n`,
      ].join('\n'),
    });
    expect(tool('list', '-a').stdout).toBe(`ploop0       ${image} ${target} \n`);
    expect(tool('-v-1', 'info', '-d', descriptorPath).stdout).toBe('device:\t\t/dev/ploop0\n');
    expect(tool('-v-1', 'info', descriptorPath).stdout).toMatch(/^ +1k-blocks +\d+ +\d+\n/m);
    expect(await readFile(join(roots.proc, 'self/mountinfo'), 'utf8')).toContain(
      `182:1 / ${target.replace(' ', '\\040')} rw - ext4 /dev/ploop0p1 rw\n`,
    );

    const device = await open(join(roots.dev, 'ploop0'), 'r+');
    await device.write(Buffer.from('before'), 0, 6, 300 * MIB);
    expect(tool('snapshot', descriptorPath).status).toBe(0);
    await device.write(Buffer.from('after!'), 0, 6, 300 * MIB);
    await device.close();
    expect(tool('resize', '-s', '512M', descriptorPath).status).toBe(0);
    expect(tool('snapshot-switch', '-u', 'x', descriptorPath).status).toBe(38);
    expect(tool('snapshot-merge', descriptorPath).status).toBe(0);
    expect(tool('umount', descriptorPath)).toMatchObject({
      status: 0,
      stdout: `Unmounting file system at ${target}\nUnmounting device /dev/ploop0\n`,
    });
    expect(tool('umount', descriptorPath)).toMatchObject({ status: 40 });
    expect(tool('check', '-f', image).status).toBe(0);

    const raw = join(directory, 'raw');
    execFileSync('qemu-img', ['convert', '-f', 'parallels', '-O', 'raw', image, raw]);
    const handle = await open(raw);
    const { buffer } = await handle.read(Buffer.alloc(6), 0, 6, 300 * MIB);
    await handle.close();
    expect(buffer.toString()).toBe('after!');
  });
});
