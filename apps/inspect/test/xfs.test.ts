import { join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';
import { layeredDisk } from '@ploop/test-kit/disks/layered-disk';
import { expect, test } from 'vitest';

import { bash, canMount, inspect } from './files-disk.ts';

/** A disk with an XFS in which a file was made; `end` runs in it before it is unmounted. */
async function xfsDisk(end = 'true'): Promise<string> {
  const directory = await temporaryDirectory();
  bash(
    directory,
    'truncate -s 300M raw; mkfs.xfs -q raw; mkdir mnt; mount -o loop raw mnt',
    'trap "umount mnt; rmdir mnt" EXIT; mkdir mnt/etc; echo ct101 >mnt/etc/hostname; sync -f mnt',
    end,
  );
  return layeredDisk(join(directory, 'root.hdd'), join(directory, 'raw'));
}

test.skipIf(!canMount)('the files of an XFS are listed and read', async () => {
  const disk = await xfsDisk();
  expect(await inspect('ls', disk, '/etc')).toMatchObject({ exitCode: 0, stdout: 'hostname\n' });
  expect(await inspect('cat', disk, '/etc/hostname')).toMatchObject({
    exitCode: 0,
    stdout: 'ct101\n',
  });
});

// XFS_IOC_GOINGDOWN without a flush of the log, after a mount that closed the log.
const GO_DOWN = `umount mnt; mount -o loop raw mnt; touch mnt/new; sync -f mnt; python3 -c 'import fcntl, os, struct
fcntl.ioctl(os.open("mnt", os.O_RDONLY), 0x8004587D, struct.pack("I", 2))'`;

test.skipIf(!canMount)('what is read beside a log that was not replayed ends with 1', async () => {
  const { exitCode, stderr, stdout } = await inspect('ls', await xfsDisk(GO_DOWN), '/');
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^etc\n/);
  expect(stderr).toContain('LOG_NOT_REPLAYED');
});
