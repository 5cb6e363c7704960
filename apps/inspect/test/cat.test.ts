import { spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';

import { layeredDisk } from '@ploop/test-kit/disks/layered-disk';
import { expect, test } from 'vitest';

import { bash, canMount, filesDisk, inMount, inspect } from './files-disk.ts';

const BIN = join(import.meta.dirname, '..', 'dist', 'bin.js');
const TREE = [
  'echo web-1 > hostname; head -c 3000001 /dev/urandom > random; touch empty',
  'truncate -s 9M sparse; printf end >> sparse; fallocate -l 2M unwritten',
  'ln -s /sub/../hostname link; mkdir sub; ln -s ../../../../random sub/out; mkfifo fifo',
];

test.skipIf(!canMount)('cat prints the bytes of the mounted files', async () => {
  const { disk, raw } = await filesDisk(...TREE);
  for (const path of ['hostname', 'random', 'empty', 'sparse', 'unwritten', 'link'])
    expect(
      (await inspect('cat', disk, path)).bytes.equals(
        inMount(raw, `cat ${path === 'link' ? 'hostname' : path}`),
      ),
      path,
    ).toBe(true);
  const both = await inspect('cat', disk, '/hostname', 'sub/out', 'hostname');
  expect(both.exitCode).toBe(0);
  expect(both.bytes.equals(inMount(raw, 'cat hostname random hostname'))).toBe(true);
});

test.skipIf(!canMount)(
  'files that cannot be printed are named, and the others are printed',
  async () => {
    const { disk } = await filesDisk(...TREE);
    const found = await inspect('cat', disk, 'hostname', 'missing', 'sub', 'fifo', 'hostname');
    expect(found).toMatchObject({ exitCode: 2, stdout: 'web-1\nweb-1\n' });
    expect(found.stderr).toContain('PATH_MISSING "missing"');
    expect(found.stderr).toContain('PATH_WRONG_TYPE "sub" leads to a directory');
    expect(found.stderr).toContain('PATH_WRONG_TYPE "fifo" leads to a fifo');
    const json = JSON.parse((await inspect('cat', '--json', disk, 'hostname')).stdout) as unknown;
    expect(json).toMatchObject({ files: [{ path: 'hostname', size: 6, base64: 'd2ViLTEK' }] });
  },
);

test.skipIf(!canMount)('a damaged file ends where the damage is, with exit code 2', async () => {
  const { directory, disk, raw } = await filesDisk(...TREE);
  // The upper half of the place of its first extent.
  const place = String(bash(directory, `debugfs -R 'imap random' ${raw} 2> /dev/null`));
  const [, block = '', offset = ''] = /block (\d+), offset (0x\w+)/.exec(place) ?? [];
  const at = Number(block) * 1024 + Number(offset) + 40 + 12 + 6;
  bash(directory, `printf '\\377\\377' | dd of=raw bs=1 seek=${String(at)} conv=notrunc`);
  await layeredDisk(disk, raw);
  const found = await inspect('cat', disk, 'random', 'hostname');
  expect(found.exitCode).toBe(2);
  expect(found.stdout.endsWith('web-1\n')).toBe(true);
  expect(found.stderr).toMatch(/BLOCK_MAP_DAMAGED[^]*METADATA_CHECKSUM/);
});

test.skipIf(!canMount)('a reader that stops early ends it', async () => {
  const { directory, disk } = await filesDisk(...TREE);
  const { status, stdout, stderr } = spawnSync(
    'bash',
    [
      '-c',
      `"$0" "$1" cat "$2" random | head -c 4 | wc -c; echo \${PIPESTATUS[0]}`,
      process.execPath,
      BIN,
      disk,
    ],
    { cwd: directory, encoding: 'utf8' },
  );
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '4\n0\n', stderr: '' });
  const full = spawnSync(process.execPath, [BIN, 'cat', disk, 'random'], {
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    encoding: 'utf8',
  });
  expect(full.status).toBe(2);
  expect(full.stderr).toContain('cannot write to stdout');
});

test.skipIf(!canMount)('nothing is written to a file of the disk', async () => {
  const { directory, disk } = await filesDisk(...TREE);
  bash(directory, 'sha256sum root.hdd/* > sums');
  for (const command of ['cat', 'tar']) {
    const last = command === 'cat' ? 'hostname' : '--output=-';
    const script = `"$0" "$1" ${command} "$2" ${last} 1<> root.hdd/d2`;
    const { status, stderr } = spawnSync('bash', ['-c', script, process.execPath, BIN, disk], {
      cwd: directory,
      encoding: 'utf8',
    });
    expect(status).toBe(2);
    expect(stderr).toContain('FILE_UNWRITABLE');
    expect(stderr).toContain('it is a file of the disk that is read');
  }
  const output = join(disk, 'DiskDescriptor.xml.tmp');
  expect(await inspect('tar', disk, '--output', output)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('is a name that the disk uses') as string,
  });
  bash(directory, 'sha256sum --check --quiet sums; test "$(ls root.hdd | wc -l)" = 4');
});
