import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { bytes } from '@ploop/descriptor';
import { temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import type { GuardContext } from '../command.ts';
import { seeLocally } from '../effect/disk-view.ts';
import { localExec } from '../exec/exec.ts';
import { commandLine } from '../run/command-line.ts';
import { lookLocally } from '../tool/files.ts';
import { init, type InitInput } from './init.ts';

const MIB = 1024 * 1024;
const context: GuardContext = {
  release: () => Promise.reject(new Error('init asks for no release')),
  look: lookLocally,
  see: seeLocally(localExec, {}),
  ask: () => Promise.reject(new Error('init asks nothing beforehand')),
  run: () => Promise.reject(new Error('init runs nothing beforehand')),
};
const plain: InitInput = { path: '/vz/root.hdd', size: bytes(64 * MIB), fileSystem: 'none' };

test('defaults', () => {
  expect(init.argv(plain)).toEqual(['-s', '131072', '-t', 'none', '/vz/root.hdd']);
});

test('everything set', () => {
  const input: InitInput = {
    ...plain,
    format: 'preallocated',
    clusterSize: bytes(MIB / 2),
    version: 2,
    fileSystem: 'ext4',
  };
  expect(init.argv(input).join(' ')).toBe(
    '-s 131072 -f preallocated -b 1024 -v 2 -t ext4 /vz/root.hdd',
  );
});

test('sizes are sectors in decimal digits, never rounded', () => {
  expect(init.argv({ ...plain, size: bytes(512) })[1]).toBe('1');
  for (const size of [0, -512, 511, 1000, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60])
    expect(() => init.argv({ ...plain, size: bytes(size) })).toThrow(
      expect.objectContaining({ code: 'REFUSED', reason: 'SIZE_INVALID' }),
    );
});

test('a disk beyond version 1 needs version 2: without a file system the tool would wrap the size', () => {
  const size = bytes(3 * 1024 ** 4);
  expect(() => commandLine(init, { ...plain, size }, {})).toThrow(/version 1/);
  expect(init.argv({ ...plain, size, version: 2 })).toContain('6442450944');
});

test.each([0, 512, 16 * 1024, 128 * MIB, 3 * MIB, 1000])(
  '%d bytes are not a cluster',
  (clusterSize) => {
    expect(() => init.argv({ ...plain, clusterSize: bytes(clusterSize) })).toThrow(
      expect.objectContaining({ reason: 'CLUSTER_SIZE_INVALID' }),
    );
  },
);

test.each(['root.hdd', '-f', './x', '/a\nb', '/a\0b', '/a\ud800', ''])(
  '%j is not a path',
  (path) => {
    expect(() => init.argv({ ...plain, path })).toThrow(
      expect.objectContaining({ reason: 'PATH_INVALID' }),
    );
  },
);

test('the largest disk of version 1 is in whole clusters', () => {
  const sectors = 2 ** 32 - 2048;
  expect(init.argv({ ...plain, size: bytes(sectors * 512) })[1]).toBe(String(sectors));
  const lineOf = (input: Partial<InitInput>) => commandLine(init, { ...plain, ...input }, {});
  expect(() => lineOf({ size: bytes((sectors + 1) * 512) })).toThrow(/version 1/);
  const clusterSize = bytes(64 * MIB);
  expect(() => lineOf({ clusterSize, size: bytes(sectors * 512) })).toThrow(/version 1/);
});

test.each([
  'DiskDescriptor.xml',
  'DiskDescriptor.xml.tmp',
  'DiskDescriptor.xml.lck',
  '.statfs',
  'x\uffff',
  'x'.repeat(217),
  'ä'.repeat(109),
])('an image cannot be named %j', (name) => {
  expect(() => init.argv({ ...plain, path: `/vz/${name}` })).toThrow(
    expect.objectContaining({ reason: 'PATH_INVALID' }),
  );
  expect(init.argv({ ...plain, path: `/vz/${'x'.repeat(216)}` })).toHaveLength(5);
});

test('what exists is refused: an image, a descriptor, a dangling link', async () => {
  const refused = { reason: 'TARGET_EXISTS' };
  const directory = await temporaryDirectory();
  const path = join(directory, 'root.hdd');
  await expect(init.guard?.({ ...plain, path }, context)).resolves.toBeUndefined();
  await symlink('/nowhere', path);
  await expect(init.guard?.({ ...plain, path }, context)).rejects.toMatchObject(refused);
  await mkdir(join(directory, 'd'));
  await writeFile(join(directory, 'd', 'DiskDescriptor.xml'), '');
  const beside = join(directory, 'd', 'other.hdd');
  await expect(init.guard?.({ ...plain, path: beside }, context)).rejects.toMatchObject(refused);
});
