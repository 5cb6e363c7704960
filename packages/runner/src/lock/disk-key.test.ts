import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { diskKey, remoteDiskKey } from './disk-key.ts';

test('all that lies in one directory is one disk, by whatever path', async () => {
  const directory = await temporaryDirectory();
  const disk = join(directory, 'disk');
  await mkdir(disk);
  await writeFile(join(disk, 'DiskDescriptor.xml'), '');
  await symlink('disk', join(directory, 'link'));
  await symlink('disk/DiskDescriptor.xml', join(directory, 'DiskDescriptor.xml'));
  for (const path of [
    'disk/DiskDescriptor.xml',
    'disk/root.hdd',
    'disk//../disk/./no/../DiskDescriptor.xml',
    'link/DiskDescriptor.xml',
    'link/not-yet.hdd',
    'DiskDescriptor.xml',
  ])
    expect(await diskKey(join(directory, path)), path).toBe(disk);
  expect(await diskKey(`${directory}//disk/x.xml`)).toBe(disk);
  expect(await diskKey(join(directory, 'other.xml'))).toBe(directory);
});

test('a device is itself; what is not there, too', async () => {
  expect(await diskKey('/dev/ploop12345p1')).toBe('/dev/ploop12345p1');
  expect(await diskKey('/dev/shm/no-such-place/DiskDescriptor.xml')).toBe('/dev/shm/no-such-place');
  expect(await diskKey('/no/such/place/DiskDescriptor.xml')).toBe('/no/such/place');
  expect(await remoteDiskKey('/vz//private/./1/DiskDescriptor.xml')).toBe('/vz/private/1');
});
