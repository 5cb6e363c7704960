import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { filesOfDevice } from './device-files.ts';

type Tree = Readonly<Record<string, string>>;

/** A tree as under /sys/devices, and its numbers as under /sys/dev/block. */
async function sysfs(tree: Tree, numbers: Tree): Promise<string> {
  const sys = await temporaryDirectory();
  for (const [path, text] of Object.entries(tree)) {
    await mkdir(dirname(join(sys, path)), { recursive: true });
    if (text.startsWith('->')) await symlink(join(sys, text.slice(2)), join(sys, path));
    else await writeFile(join(sys, path), text);
  }
  await mkdir(join(sys, 'dev/block'), { recursive: true });
  for (const [number, place] of Object.entries(numbers))
    await symlink(join(sys, place), join(sys, 'dev/block', number));
  return sys;
}

const LOOP = { 'loop0/dev': '7:0\n', 'loop0/loop/backing_file': '/a \nb\n' };

test.each<[string, Tree, Tree, readonly string[]]>([
  ['a device of which nothing is known', {}, {}, []],
  ['a loop device', LOOP, { '7:0': 'loop0' }, ['/a \nb']],
  [
    'a partition of one',
    { ...LOOP, 'loop0/loop0p1/partition': '1\n', 'loop0/loop0p1/dev': '7:0\n' },
    { '7:0': 'loop0' },
    ['/a \nb'],
  ],
  [
    'a ploop device',
    { 'ploop0/pdelta/0/image': '/base\n', 'ploop0/pdelta/1/image': '/top\n' },
    { '7:0': 'ploop0' },
    ['/base', '/top'],
  ],
  [
    'device-mapper over a partition of one',
    {
      ...LOOP,
      'loop0/dev': '7:9\n',
      'loop0/loop0p1/partition': '1\n',
      'loop0/loop0p1/dev': '259:3\n',
      'dm-0/dev': '7:0\n',
      'dm-0/slaves/loop0p1': '->loop0/loop0p1',
    },
    { '7:0': 'dm-0', '259:3': 'loop0/loop0p1', '7:9': 'loop0' },
    ['/a \nb'],
  ],
  [
    'devices that are made of each other',
    { 'a/dev': '7:0\n', 'a/slaves/b': '->b', 'b/dev': '7:1\n', 'b/slaves/a': '->a' },
    { '7:0': 'a', '7:1': 'b' },
    [],
  ],
])('%s', async (_what, tree, numbers, files) => {
  const rdev = 0x700n;
  const sys = await sysfs(tree, numbers);
  const shown = await filesOfDevice(rdev, sys);
  expect(shown.map(({ path }) => path)).toEqual(files);
});

test.each<[string, string, string, readonly bigint[], readonly bigint[]]>([
  ['8', '0', '0', [4096n, 4607n], [4095n, 4608n, 0n]],
  ['8', '1024', '0', [5120n], [4096n, 5632n]],
  ['8', '0', '4096', [4096n, 9999n], [4095n]],
  ['8', '512', '4096', [4608n, 9999n], [4096n]],
  ['?', '0', '0', [4096n, 1n], []],
])(
  'what the file of a loop device of %s sectors can have: offset %s, limit %s',
  async (size, offset, limit, can, cannot) => {
    const loop = { 'loop0/size': `${size}\n`, 'loop0/loop/offset': `${offset}\n` };
    const tree = { ...LOOP, ...loop, 'loop0/loop/sizelimit': `${limit}\n` };
    const [shown] = await filesOfDevice(0x700n, await sysfs(tree, { '7:0': 'loop0' }));
    for (const bytes of can) expect(shown?.canHave(bytes)).toBe(true);
    for (const bytes of cannot) expect(shown?.canHave(bytes)).toBe(false);
  },
);
