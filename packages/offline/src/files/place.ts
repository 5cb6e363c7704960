import {
  identify,
  type ContentType,
  type DiskContent,
  type Partition,
  type ReadAt,
} from '@ploop/contents';
import { bytes, DescriptorError, diagnostic, type Bytes, type Diagnostic } from '@ploop/descriptor';

/** A part of a disk that can have a file system: a partition, or all of it. */
export interface Place {
  /** Number of the partition; `undefined` where the disk has none. */
  readonly partition: number | undefined;
  /** First byte of the disk. */
  readonly start: Bytes;
  readonly length: Bytes;
}

/** Where the wanted file system is, and what is wrong with the partition table that says so. */
export interface FoundPlace {
  readonly place: Place;
  readonly diagnostics: readonly Diagnostic[];
  /** The error of a place whose file system cannot be read. */
  readonly missing: () => DescriptorError;
}

interface Held {
  readonly partition?: number;
  readonly type?: ContentType;
  readonly label?: string;
}

interface Found {
  readonly partition: number | undefined;
  readonly type?: ContentType;
  readonly label?: string | undefined;
}

/**
 * The place of the file system that is wanted: the one of a partition, or the only one of a disk.
 *
 * @throws DescriptorError `PARTITION_UNKNOWN`, `FILE_SYSTEM_MISSING`, or `FILE_SYSTEMS_SEVERAL`.
 */
export async function placeOnDisk(
  readAt: ReadAt,
  size: Bytes,
  wanted: number | undefined,
): Promise<FoundPlace> {
  const content = await identify(readAt, size);
  const asked = placesWanted(content, size, wanted);
  const readable = asked.filter((place) => hasFileSystem(place, content));
  const missing = (): DescriptorError => missingFileSystem(wanted, content);
  const [place, ...others] = readable;
  if (place === undefined) throw missing();
  if (others.length > 0) throw severalFileSystems(readable, content);
  const diagnostics = content.diagnostics.filter((finding) => isOfTable(finding, place));
  return { place, diagnostics, missing };
}

/**
 * All of a disk or its partitions, or the one that is wanted.
 *
 * @throws DescriptorError `PARTITION_UNKNOWN`
 */
export function placesWanted(
  { partitionTable }: DiskContent,
  size: Bytes,
  wanted: number | undefined,
): readonly Place[] {
  const places = placesOf(partitionTable?.partitions, size);
  const asked = places.filter(({ partition }) => wanted === undefined || partition === wanted);
  if (wanted !== undefined && asked.length === 0) throw unknownPartition(wanted, places);
  return asked;
}

function placesOf(partitions: readonly Partition[] | undefined, size: Bytes): readonly Place[] {
  if (partitions === undefined) return [{ partition: undefined, start: bytes(0), length: size }];
  return partitions.map(({ number, start, length }) => ({
    ...{ partition: number, start },
    length: bytes(Math.max(0, Math.min(length, size - start))),
  }));
}

/** Whether there is a superblock, be it a damaged one. */
function hasFileSystem({ partition, start, length }: Place, content: DiskContent): boolean {
  if (content.fileSystems.some((found) => found.partition === partition)) return true;
  return content.diagnostics.some(
    ({ code, data }) =>
      code === 'SUPERBLOCK_DAMAGED' && data.position >= start && data.position < start + length,
  );
}

/** Findings about other partitions say nothing about this one. */
function isOfTable({ code, data }: Diagnostic, { partition }: Place): boolean {
  if (!code.startsWith('PARTITION_')) return false;
  return !('partition' in data) || data.partition === partition;
}

function unknownPartition(partition: number, places: readonly Place[]): DescriptorError {
  const partitions = places.flatMap((place) => place.partition ?? []);
  return new DescriptorError([diagnostic('PARTITION_UNKNOWN', { partition, partitions })]);
}

function missingFileSystem(partition: number | undefined, content: DiskContent): DescriptorError {
  const { fileSystems, luks = [], contents = [], diagnostics } = content;
  const holds = [
    ...fileSystems.map(heldIn),
    ...luks.map((found) => heldIn({ ...found, type: 'luks' })),
    ...contents.map(heldIn),
  ];
  const asked = holds.filter((held) => partition === undefined || held.partition === partition);
  const data = { ...(partition !== undefined && { partition }), holds: asked };
  const first = diagnostic('FILE_SYSTEM_MISSING', data);
  return new DescriptorError([first, ...diagnostics]);
}

function severalFileSystems(
  places: readonly Place[],
  { fileSystems }: DiskContent,
): DescriptorError {
  const candidates = places.map(({ partition, start }) => {
    const found = fileSystems.find((one) => one.partition === partition && one.start === start);
    return heldIn(found ?? { partition });
  });
  return new DescriptorError([diagnostic('FILE_SYSTEMS_SEVERAL', { candidates })]);
}

function heldIn({ partition, type, label }: Found): Held {
  return {
    ...(partition !== undefined && { partition }),
    ...(type !== undefined && { type }),
    ...(label !== undefined && { label }),
  };
}
