import type { identifySnapshot } from '@ploop/offline';
import prettyBytes from 'pretty-bytes';

import { toTable } from '../output/table.ts';

type DiskContent = Awaited<ReturnType<typeof identifySnapshot>>;

/** What is at one place of a disk. */
interface Found {
  readonly partition: number | undefined;
  readonly cells: readonly string[];
}

/** What is on a disk, for people: a row a partition, or one for a disk without partitions. */
export function contentLines(content: Omit<DiskContent, 'diagnostics'>): readonly string[] {
  const { partitionTable: table } = content;
  const found = foundIn(content);
  if (table === undefined) {
    if (found.length === 0) return ['Nothing on the disk is recognised.'];
    return toTable([COLUMNS, ...found.map(({ cells }) => cells)]);
  }
  const rows = table.partitions.flatMap(({ number, start, length, type, name }) => {
    const place = [String(number), String(start), size(length)];
    const there = found.filter(({ partition }) => partition === number);
    const contents = there.length === 0 ? [COLUMNS.map(() => '')] : there.map(({ cells }) => cells);
    return contents.map((cells) => [...place, name ?? type, ...cells]);
  });
  return [
    `partition table: ${table.scheme}, ${table.id}`,
    ...toTable([['', 'START', 'SIZE', 'PARTITION', ...COLUMNS], ...rows]),
    ...unplaced(found),
  ];
}

const COLUMNS = ['CONTENT', 'LABEL', 'UUID', 'SIZE', 'USED', 'FREE'];

function foundIn({
  fileSystems,
  luks = [],
  contents = [],
}: Omit<DiskContent, 'diagnostics'>): readonly Found[] {
  return [
    ...fileSystems.map((one) => ({
      partition: one.partition,
      cells: [
        `${one.type}${one.clean === false ? ' (not unmounted)' : ''}`,
        one.label ?? '',
        one.uuid,
        size(one.blocks * one.blockSize),
        size((one.blocks - one.freeBlocks) * one.blockSize),
        size(one.freeBlocks * one.blockSize),
      ],
    })),
    ...luks.map(({ partition, version, uuid }) => ({
      partition,
      cells: [`LUKS ${String(version)}`, '', uuid ?? '', '', '', ''],
    })),
    ...contents.map((one) => ({
      partition: one.partition,
      cells: [
        one.type,
        one.label ?? '',
        one.uuid ?? '',
        one.size === undefined ? '' : size(one.size),
        ...['', ''],
      ],
    })),
  ];
}

/** What covers the disk although it has a partition table. */
function unplaced(found: readonly Found[]): readonly string[] {
  const rows = found.filter(({ partition }) => partition === undefined);
  if (rows.length === 0) return [];
  return ['', 'on the whole disk:', ...toTable([COLUMNS, ...rows.map(({ cells }) => cells)])];
}

function size(bytes: number): string {
  return prettyBytes(bytes, { binary: true });
}
