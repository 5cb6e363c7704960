import { Readable, type Writable } from 'node:stream';

import {
  openFileSystem,
  type FileSystem,
  type OpenFile,
  type OpenFileSystemOptions,
  type Path,
  type ReadAt,
} from '@ploop/contents';
import { DescriptorError, type Bytes, type Diagnostic } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import { chunks, type ExtentOptions } from '@ploop/image';

import { OFFLINE } from '../arguments.ts';
import type { SnapshotOptions } from '../disk/snapshot-files.ts';
import { openSnapshot, type Snapshot } from '../snapshot/open-snapshot.ts';
import { placeOnDisk, type FoundPlace } from './place.ts';
import { refuseOutput } from './refuse-output.ts';

/** Which files of a disk are opened, and how. */
export interface OpenFilesOptions extends SnapshotOptions, Omit<OpenFileSystemOptions, 'size'> {
  /** GUID of the snapshot; the top where it is left out. */
  readonly snapshot?: string;
  /** Number of the partition; needed only where several have a file system. */
  readonly partition?: number;
}

/** A file of a disk whose content can be read. */
export interface DiskFile extends Omit<OpenFile, 'createReadStream'> {
  /** The content as a stream of Node, from `start` to before `end`. */
  readonly createReadStream: (range?: ExtentOptions) => Readable;
}

/** The files of a snapshot. `diagnostics` includes findings about the snapshot and the partition table. */
export interface DiskFiles extends Omit<FileSystem, 'open'> {
  /** A regular file to read. Follows a symlink at the end. */
  readonly open: (path: Path) => Promise<DiskFile>;
  /** Which snapshot of which disk they are of. */
  readonly snapshot: Pick<Snapshot, 'guid' | 'live' | 'accepted' | 'path'>;
  /** Number of the partition that has the file system; `undefined` where the disk has none. */
  readonly partition: number | undefined;
  /** Where the file system begins on the disk. */
  readonly start: Bytes;
  /**
   * Makes sure that nobody has written to the images since they were opened.
   *
   * @throws DescriptorError with code `IMAGE_CHANGED`.
   */
  readonly checkUnchanged: () => Promise<void>;
  /**
   * Makes sure that what is read can be written to a path, or to a stream with an open file such as stdout, without
   * overwriting the disk itself.
   *
   * @throws DescriptorError with code `FILE_UNWRITABLE`.
   */
  readonly checkOutput: (target: string | Writable) => Promise<void>;
  /** Closes the images when the reads that have begun have settled. Reads that begin later fail. */
  readonly close: () => Promise<void>;
  /** Closes the images, for `await using`. */
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/**
 * Opens the files of a snapshot of a disk, without mounting it: no driver, no tool, no root, and nothing is written. The
 * partition is found if only one has a file system. A journal is replayed in memory.
 *
 * @param path - The descriptor, or the directory that holds it.
 * @throws DescriptorError as {@link openSnapshot}; `FILE_SYSTEMS_SEVERAL` with a list if several partitions have a file
 *   system and none is chosen; `FILE_SYSTEM_MISSING` with what is there instead; `PARTITION_UNKNOWN`; as
 *   `openFileSystem`.
 */
export async function openFiles(path: string, options: OpenFilesOptions = {}): Promise<DiskFiles> {
  requireCall(OFFLINE.openFiles, [path, options]);
  const { snapshot: guid, partition, signal, replay = true, ...where } = options;
  signal?.throwIfAborted();
  const snapshot = await openSnapshot(path, guid, where);
  try {
    const readDisk: ReadAt = (target, position) => snapshot.readInto(target, position);
    const found = await placeOnDisk(readDisk, snapshot.size, partition);
    const { start, length: size } = found.place;
    const readAt: ReadAt = (target, position) => snapshot.readInto(target, start + position);
    const chosen = { size, replay, ...(signal !== undefined && { signal }) };
    return filesOf(snapshot, found, await openedIn(readAt, chosen, found));
  } catch (error) {
    await snapshot.close();
    throw error;
  }
}

/** What is recognised is named if it cannot be read. */
async function openedIn(
  readAt: ReadAt,
  options: OpenFileSystemOptions,
  { missing }: FoundPlace,
): Promise<FileSystem> {
  try {
    return await openFileSystem(readAt, options);
  } catch (error) {
    const isUnknown = error instanceof DescriptorError && error.code === 'FILE_SYSTEM_UNKNOWN';
    throw isUnknown ? missing() : error;
  }
}

function filesOf(snapshot: Snapshot, found: FoundPlace, fileSystem: FileSystem): DiskFiles {
  const { guid, live, accepted, path, checkUnchanged, close } = snapshot;
  const { partition, start } = found.place;
  const above: readonly Diagnostic[] = [...snapshot.diagnostics, ...found.diagnostics];
  return {
    ...fileSystem,
    snapshot: { guid, live, accepted, path },
    ...{ partition, start },
    diagnostics: () => [...above, ...fileSystem.diagnostics()],
    open: async (path) => {
      const file = await fileSystem.open(path);
      return {
        ...file,
        createReadStream: (range) => Readable.from(chunks(file, range), { objectMode: false }),
      };
    },
    checkUnchanged,
    checkOutput: (target) => refuseOutput(snapshot, target),
    close,
    [Symbol.asyncDispose]: close,
  };
}
