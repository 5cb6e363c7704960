import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';

import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { openSnapshot, type Snapshot } from '../snapshot/open-snapshot.ts';
import { requireName } from './check-target.ts';
import type { ExportOptions } from './export-options.ts';
import { exportSnapshot } from './export-snapshot.ts';

async function subject(): Promise<{ snapshot: Snapshot; place: string }> {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'd0'), imageBytes({ clusters: 4 }, [1]));
  await writeFile(join(directory, 'DiskDescriptor.xml'), descriptorXml([{}], { blockSize: '64' }));
  const place = join(directory, 'place');
  await mkdir(place);
  return { snapshot: await openSnapshot(directory), place };
}

const NAMES = ['x.qcow2', 'X.QCOW2', 'disk.raw.Vmdk', '.x.vdi', 'x.img.gz', 'x.qcow2.', 'x.QCOW2 '];

/** What a name can promise that is not written. */
const ENDINGS = [
  ...['qcow', 'qcow2', 'qed', 'vmdk', 'vhd', 'vhdx', 'avhdx', 'vdi', 'hds', 'hdd', 'dmg'],
  ...['gz', 'tgz', 'xz', 'txz', 'zst', 'zstd', 'bz2', 'tbz2', 'lz4', 'lzma', 'lzo', 'zip', '7z'],
  ...[
    'tar',
    'ova',
    'ovf',
    'vma',
    'xva',
    'rar',
    'vmdk.gz',
    'raw.ZST',
    'qcow2..',
    'qcow2 .\t',
    'gz\n',
  ],
];
const RAW_NAMES = [
  ...[
    'x',
    'x.raw',
    'x.img',
    'qcow2',
    'x.qcow2.raw',
    'x.gz.img',
    'x.bin',
    'x.iso',
    'x.dd',
    'x.raw.',
  ],
  ...[
    'x.part1',
    'gz',
    '.gz',
    'disk.2026-01-31',
    'vm.example.com',
    'x.qcow2/raw',
    '...',
    ' ',
    'x.zip1',
  ],
];

test.each(ENDINGS)('a name that ends in .%j promises something else than a raw disk', (ending) => {
  expect(() => {
    requireName(`/a.b/x.${ending}`, undefined);
  }).toThrow(/expected a name that does not end in \.\w+, /);
  requireName(`/a.b/x.${ending}`, 'raw');
});

test.each(RAW_NAMES)('the name %j promises nothing', (name) => {
  requireName(name, undefined);
});

test('a name of a megabyte of dots and blanks is looked at once', () => {
  const start = performance.now();
  for (const end of ['', 'x']) requireName(`x${'. '.repeat(500_000)}${end}`, undefined);
  expect(performance.now() - start).toBeLessThan(2000);
});

test('a name of another format is refused, unless raw is asked for by name', async () => {
  const { snapshot, place } = await subject();
  for (const name of NAMES) {
    await expect(exportSnapshot(snapshot, join(place, name)), name).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      diagnostics: [{ data: { option: 'target', value: JSON.stringify(join(place, name)) } }],
    });
    expect(await readdir(place)).toEqual([]);
  }
  for (const name of NAMES)
    await exportSnapshot(snapshot, join(place, name), { format: 'raw', sync: false });
  expect((await readdir(place)).sort()).toEqual(NAMES.toSorted());
  await exportSnapshot(snapshot, join(place, 'x.qcow2.raw'));
  await snapshot.close();
});

test('the name that a link leads to counts as well', async () => {
  const { snapshot, place } = await subject();
  await writeFile(join(place, 'x.qcow2'), 'precious');
  await symlink('x.qcow2', join(place, 'x.raw'));
  const target = join(place, 'x.raw');
  await expect(exportSnapshot(snapshot, target, { overwrite: true })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
  });
  expect(await readFile(target, 'utf8')).toBe('precious');
  await snapshot.close();
});

test('an empty path is refused, and so is a format that cannot be written', async () => {
  const { snapshot, place } = await subject();
  await expect(exportSnapshot(snapshot, '')).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    diagnostics: [{ data: { option: 'target' } }],
  });
  for (const format of ['qed', 'RAW', ''])
    for (const target of [join(place, 'x'), new PassThrough()])
      await expect(
        exportSnapshot(snapshot, target, { format } as unknown as ExportOptions),
      ).rejects.toMatchObject({
        code: 'OPTION_INVALID',
        diagnostics: [{ data: { option: 'format', expected: 'one of raw, qcow2, vmdk, vhdx' } }],
      });
  expect(await readdir(place)).toEqual([]);
  await snapshot.close();
});

test('a terminal is refused, as a stream, as a path and behind a link', async () => {
  const { snapshot, place } = await subject();
  const refused = { code: 'EXPORT_TO_TERMINAL' };
  const stream = Object.assign(new PassThrough(), { isTTY: true });
  await expect(exportSnapshot(snapshot, stream)).rejects.toMatchObject(refused);
  expect(stream.readableLength).toBe(0);
  await symlink('/dev/ptmx', join(place, 'link'));
  for (const path of ['/dev/ptmx', join(place, 'link')])
    await expect(exportSnapshot(snapshot, path, { overwrite: true })).rejects.toMatchObject(
      refused,
    );
  await exportSnapshot(snapshot, '/dev/null');
  await snapshot.close();
});
