import { join } from 'node:path';

import { bytes } from '@ploop/descriptor';
import { sample, temporaryDirectory } from '@ploop/test-kit';
import { makeSparse, patch, run, withReader } from '@ploop/test-kit/disks/sparse-file';
import { hasDiskPrograms } from '@ploop/test-kit/programs';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { identify } from '../src/identify/identify.ts';
import type { PartitionTable } from '../src/partitions/partition.ts';

const MIB = 2 ** 20;
const SECTOR = 512;
const PLACE = new Set(['partition', 'start']);

interface Sfdisk {
  readonly partitiontable: {
    readonly label: string;
    readonly id: string;
    readonly sectorsize: number;
    readonly partitions?: readonly {
      readonly node: string;
      readonly start: number;
      readonly size: number;
      readonly type: string;
      readonly uuid?: string;
      readonly name?: string;
    }[];
  };
}

const layout = fc.record({
  scheme: fc.constantFrom('gpt', 'dos'),
  size: fc.integer({ min: 64, max: 512 }),
  primary: fc.integer({ min: 1, max: 3 }),
  logical: fc.integer({ min: 0, max: 6 }),
  name: fc.constantFrom('', 'root', 'ünïcode x'),
});

test.skipIf(!hasDiskPrograms)('partitions are those that sfdisk finds', async () => {
  await fc.assert(
    fc.asyncProperty(layout, async ({ scheme, size, primary, logical, name }) => {
      const path = join(await temporaryDirectory(), 'disk');
      await makeSparse(path, size * MIB);
      const each = Math.floor((size - 8) / (primary + logical + 2));
      const rest = scheme === 'gpt' ? [] : [`type=5`, ...Array<string>(logical).fill('size=2M')];
      const named = scheme === 'gpt' && name !== '' ? `, name=${JSON.stringify(name)}` : '';
      const main = Array<string>(primary).fill(`size=${String(each)}M${named}`);
      run('sfdisk', ['-q', path], [`label: ${scheme}`, ...main, ...rest, ''].join('\n'));
      const found = await look(path, size * MIB);
      expect(found.diagnostics).toEqual([]);
      expect(found.partitionTable).toEqual(sfdiskTable(path));
    }),
    sample('partitions', 5),
  );
});

test.skipIf(!hasDiskPrograms)('either copy of a GPT is enough', async () => {
  const path = join(await temporaryDirectory(), 'disk');
  await makeSparse(path, 64 * MIB);
  run('sgdisk', ['-n', '1:0:0', '-c', '1:root', path]);
  const whole = await look(path, 64 * MIB);
  expect(whole.partitionTable?.partitions).toMatchObject([{ number: 1, name: 'root' }]);
  for (const [copy, position, flaw] of [
    ['primary', SECTOR, 'header checksum'],
    ['backup', 64 * MIB - SECTOR, 'header checksum'],
  ] as const) {
    const damaged = `${path}.${copy}`;
    run('cp', [path, damaged]);
    await patch(damaged, position + 60, Uint8Array.of(1));
    const { partitionTable, diagnostics } = await look(damaged, 64 * MIB);
    expect(partitionTable).toEqual(whole.partitionTable);
    expect(diagnostics).toMatchObject([
      { code: 'PARTITION_TABLE_DAMAGED', data: { copy, position, flaw } },
    ]);
  }
  await patch(path, SECTOR, new Uint8Array(SECTOR));
  expect(await look(path, 64 * MIB)).toMatchObject({
    partitionTable: whole.partitionTable,
    diagnostics: [{ data: { copy: 'primary', flaw: 'signature' } }],
  });
});

test.skipIf(!hasDiskPrograms)(
  'a GPT of a disk that was cut off says that its copy is gone',
  async () => {
    const path = join(await temporaryDirectory(), 'disk');
    await makeSparse(path, 64 * MIB);
    run('sgdisk', ['-n', '1:0:0', path]);
    run('truncate', ['-s', '40M', path]);
    const { diagnostics } = await look(path, 40 * MIB);
    expect(diagnostics).toMatchObject([
      {
        code: 'PARTITION_TABLE_DAMAGED',
        data: { copy: 'backup', position: 64 * MIB - SECTOR, size: 40 * MIB },
        hint: expect.stringMatching(/^The disk was cut off or shrunk/) as string,
      },
      { code: 'PARTITION_OUTSIDE' },
    ]);
  },
);

test.skipIf(!hasDiskPrograms)('ext file systems are what dumpe2fs says', async () => {
  const options = fc.record({
    type: fc.constantFrom('ext2', 'ext3', 'ext4'),
    blockSize: fc.constantFrom(1024, 2048, 4096),
    size: fc.integer({ min: 16, max: 200 }),
    offset: fc.integer({ min: 0, max: 64 }),
    label: fc.constantFrom('', 'root', '0123456789abcdef', 'Würzburg'),
    features: fc.constantFrom('', '64bit', '^64bit', 'metadata_csum', '^metadata_csum', 'bigalloc'),
    directories: fc.integer({ min: 0, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(options, async (wanted) => {
      const { type, blockSize, size, offset, label, features, directories } = wanted;
      const path = join(await temporaryDirectory(), 'disk');
      const start = offset * MIB;
      await makeSparse(path, start + size * MIB);
      const extra = type === 'ext4' && features !== '' ? ['-O', features] : [];
      const blocks = String((size * MIB) / blockSize);
      const place = ['-E', `offset=${String(start)}`, '-b', String(blockSize)];
      run('mke2fs', ['-q', '-F', '-t', type, ...place, '-L', label, ...extra, path, blocks]);
      const target = `${path}?offset=${String(start)}`;
      for (let count = 0; count < directories; count += 1)
        run('debugfs', ['-w', '-R', `mkdir d${String(count)}`, target]);
      const said = fieldsOf(run('dumpe2fs', ['-h', target]));
      const { fileSystem } = await lookAt(path, start, size * MIB);
      expect(fileSystem).toEqual({
        type,
        label: said['Filesystem volume name'] === '<none>' ? undefined : label,
        uuid: said['Filesystem UUID'],
        blockSize: Number(said['Block size']),
        blocks: Number(said['Block count']),
        freeBlocks: Number(said['Free blocks']),
        inodes: Number(said['Inode count']),
        freeInodes: Number(said['Free inodes']),
        clean: said['Filesystem state'] === 'clean',
      });
    }),
    sample('ext', 5),
  );
});

test.skipIf(!hasDiskPrograms)('an XFS is what xfs_db says', async () => {
  const options = fc.record({
    blockSize: fc.constantFrom(1024, 4096),
    size: fc.integer({ min: 320, max: 900 }),
    label: fc.constantFrom('', 'root', '0123456789ab'),
    checksum: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(options, async ({ blockSize, size, label, checksum }) => {
      const path = join(await temporaryDirectory(), 'disk');
      await makeSparse(path, size * MIB);
      const crc = ['-m', checksum ? 'crc=1' : 'crc=0,finobt=0,reflink=0,bigtime=0,inobtcount=0'];
      const named = label === '' ? [] : ['-L', label];
      run('mkfs.xfs', ['-q', '-f', '-b', `size=${String(blockSize)}`, ...crc, ...named, path]);
      const said = (field: string): string => {
        const text = run('xfs_db', ['-r', '-c', 'sb 0', '-c', `p ${field}`, path]);
        return text.slice(text.indexOf('=') + 1).trim();
      };
      const { fileSystem, diagnostics } = await lookAt(path, 0, size * MIB);
      expect(diagnostics).toEqual([]);
      expect(fileSystem).toEqual({
        type: 'xfs',
        label: label === '' ? undefined : label,
        uuid: said('uuid'),
        blockSize: Number(said('blocksize')),
        blocks: Number(said('dblocks')),
        freeBlocks: Number(said('fdblocks')),
        inodes: Number(said('icount')),
        freeInodes: Number(said('ifree')),
        clean: undefined,
      });
    }),
    sample('xfs', 2),
  );
});

function look(path: string, size: number): ReturnType<typeof identify> {
  return withReader(path, (readAt) => identify(readAt, bytes(size)));
}

async function lookAt(
  path: string,
  start: number,
  size: number,
): Promise<{ readonly fileSystem: object | undefined; readonly diagnostics: unknown }> {
  const shifted = await withReader(path, (readAt) =>
    identify((target, position) => readAt(target, position + start), bytes(size)),
  );
  const [found] = shifted.fileSystems;
  if (found === undefined) return { fileSystem: undefined, diagnostics: shifted.diagnostics };
  expect(found).toMatchObject({ start: 0, partition: undefined });
  const fileSystem = Object.fromEntries(Object.entries(found).filter(([name]) => !PLACE.has(name)));
  return { fileSystem, diagnostics: shifted.diagnostics };
}

function sfdiskTable(path: string): PartitionTable {
  const { partitiontable } = JSON.parse(run('sfdisk', ['-J', path])) as Sfdisk;
  const { label, id, sectorsize } = partitiontable;
  const partitions = (partitiontable.partitions ?? []).map(
    ({ node, start, size, type, uuid, name }) => ({
      number: Number(/\d+$/.exec(node)?.[0]),
      start: bytes(start * sectorsize),
      length: bytes(size * sectorsize),
      type: label === 'gpt' ? type.toLowerCase() : `0x${type.padStart(2, '0')}`,
      ...(uuid === undefined ? {} : { uuid: uuid.toLowerCase() }),
      ...(name === undefined ? {} : { name }),
    }),
  );
  return {
    scheme: label === 'gpt' ? 'gpt' : 'mbr',
    id: id.toLowerCase(),
    sectorSize: bytes(sectorsize),
    partitions,
  };
}

function fieldsOf(text: string): Readonly<Record<string, string>> {
  const rows = [...text.matchAll(/^([^:\n]+): +(.*?) *$/gm)];
  return Object.fromEntries(rows.map(([, name = '', value = '']) => [name, value]));
}
