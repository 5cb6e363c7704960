import { diagnostic, type Diagnostic, type Bytes } from '@ploop/descriptor';
import type { Reader, Steps, ContentType } from '@ploop/descriptor/internal';

import { readBytes } from '../bytes/read-bytes.ts';
import type { Partition, PartitionTable } from './partition.ts';

/** Content that is recognised in a partition. */
interface Held {
  readonly type: ContentType;
  readonly partition: number | undefined;
  /** What it takes by its superblock, if that says it. */
  readonly size?: number | undefined;
}

/** What is looked at in a partition whose content is not recognised. */
const SAMPLE_BYTES = 65_536;
/** Partitions that hold partitions, each of which is looked at by itself. */
const EXTENDED = new Set(['0x05', '0x0f', '0x85']);

/** The findings about partitions; one that ends beyond the end of the disk and holds data is an error: the end of them is missing. */
export function* withCutPartitions(
  read: Reader,
  findings: readonly Diagnostic[],
  table: PartitionTable | undefined,
  held: readonly Held[],
): Steps<readonly Diagnostic[]> {
  const judged: Diagnostic[] = [];
  for (const finding of findings) {
    const partition =
      finding.code === 'PARTITION_OUTSIDE'
        ? table?.partitions.find(({ number }) => number === finding.data.partition)
        : undefined;
    const isCut =
      finding.code === 'PARTITION_OUTSIDE' &&
      partition !== undefined &&
      (yield* losesData(read, partition, finding.data.size, table, held));
    if (!isCut) {
      judged.push(finding);
      continue;
    }
    const { number, start, length } = partition;
    const { size } = finding.data;
    const type = held.find((one) => one.partition === number)?.type;
    const lost = start + length - Math.max(start, size);
    const data = { partition: number, start, length, size, lost, ...(type && { type }) };
    judged.push(diagnostic('PARTITION_TRUNCATED', data));
  }
  return judged;
}

function* losesData(
  read: Reader,
  { number, start, length, type }: Partition,
  size: number,
  table: PartitionTable | undefined,
  held: readonly Held[],
): Steps<boolean> {
  if (length === 0 || EXTENDED.has(type)) return false;
  const own = held.filter(({ partition }) => partition === number);
  // Nothing of it is there: its table must be one that says so on purpose.
  if (start >= size)
    return table?.scheme === 'gpt' || held.some(({ partition }) => partition !== undefined);
  const sized = own.flatMap((one) => one.size ?? []);
  // A file system that ends within the disk has lost nothing; that one that does not has, its own finding says.
  if (sized.length > 0) return false;
  return own.length > 0 || (yield* holdsBytes(read, start, Math.min(length, size - start)));
}

function* holdsBytes(read: Reader, start: Bytes, length: number): Steps<boolean> {
  const sample = yield* readBytes(read, start, Math.min(SAMPLE_BYTES, length));
  return sample.some((byte) => byte !== 0);
}
