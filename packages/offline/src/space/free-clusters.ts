import { identify, openFileSystem, type DiskContent, type ReadAt } from '@ploop/contents';
import { bytes, DescriptorError, type Bytes, type Diagnostic } from '@ploop/descriptor';
import { append } from '@ploop/descriptor/internal';

/** A file system and how much of it nothing uses. */
export interface FreeFileSystem {
  /** Number of its partition; `undefined` where the disk has none. */
  readonly partition: number | undefined;
  readonly type: string;
  readonly label: string | undefined;
  /** Where it begins on the disk. */
  readonly start: Bytes;
  readonly size: Bytes;
  readonly free: Bytes;
}

/** A part of a disk that nothing uses, in bytes. */
export interface FreeRun {
  readonly start: number;
  readonly end: number;
}

/** What the file systems of a disk do not use. */
export interface FreeOnDisk {
  readonly fileSystems: readonly FreeFileSystem[];
  /** In ascending order. */
  readonly runs: readonly FreeRun[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the maps of free space of all file systems on a disk. Runs shorter than `least` bytes are left out. */
export async function freeOnDisk(
  readAt: ReadAt,
  size: Bytes,
  { least, signal }: { readonly least: number; readonly signal?: AbortSignal | undefined },
): Promise<FreeOnDisk> {
  const content = await identify(readAt, size);
  const fileSystems: FreeFileSystem[] = [];
  const runs: FreeRun[] = [];
  const diagnostics: Diagnostic[] = [...content.diagnostics];
  for (const found of content.fileSystems.toSorted((one, other) => one.start - other.start)) {
    const { partition, type, label, start } = found;
    const length = lengthOf(content, found, size);
    let free = 0;
    try {
      const fileSystem = await openFileSystem(
        (target, position) => readAt(target, start + position),
        { size: length, ...(signal !== undefined && { signal }) },
      );
      for await (const range of fileSystem.free()) {
        free += range.length;
        const from = start + range.position;
        if (range.length >= least) runs.push({ start: from, end: from + range.length });
      }
      append(diagnostics, fileSystem.diagnostics());
    } catch (error) {
      if (!(error instanceof DescriptorError)) throw error;
      append(diagnostics, error.diagnostics);
      continue;
    }
    const whole = bytes(found.blocks * found.blockSize);
    fileSystems.push({ partition, type, label, start, size: whole, free: bytes(free) });
  }
  return { fileSystems, runs, diagnostics };
}

/** Bytes of the place of a file system that are on the disk. */
function lengthOf(
  { partitionTable }: DiskContent,
  { partition, start }: DiskContent['fileSystems'][number],
  size: Bytes,
): number {
  const place = partitionTable?.partitions.find(({ number }) => number === partition);
  return Math.min(place?.length ?? size, size - start);
}
