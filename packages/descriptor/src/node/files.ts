import {
  close,
  closeSync,
  constants,
  fstat,
  fstatSync,
  lstat,
  lstatSync,
  open,
  openSync,
  read,
  readlink,
  readlinkSync,
  readSync,
  realpathSync,
  stat,
  statSync,
  type BigIntStats,
} from 'node:fs';
import { realpath } from 'node:fs/promises';
import { promisify } from 'node:util';

import { perform, type Steps } from '../steps.ts';
import { checkedPath, decodedPath } from './path-name.ts';

const openAsync = promisify(open);
const closeAsync = promisify(close);
const readAsync = promisify(read);
const statAsync = promisify(stat);
const lstatAsync = promisify(lstat);
const readlinkAsync = promisify(readlink);
const fstatAsync = promisify(fstat);

/** The absolute path without symlinks. */
export function realPath(path: string): Steps<string> {
  return perform({
    sync: () => decodedPath(realpathSync.native(checkedPath(path), 'buffer')),
    async: async () => decodedPath(await realpath(checkedPath(path), 'buffer')),
  });
}

/** What the file system says of a path, symlinks followed. */
export function status(path: string | Buffer): Steps<BigIntStats> {
  return perform({
    sync: () => statSync(checkedPath(path), { bigint: true }),
    async: async () => statAsync(checkedPath(path), { bigint: true }),
  });
}

/** What the file system says of a path itself, be it a symlink. */
export function linkStatus(path: string | Buffer): Steps<BigIntStats> {
  return perform({
    sync: () => lstatSync(checkedPath(path), { bigint: true }),
    async: async () => lstatAsync(checkedPath(path), { bigint: true }),
  });
}

/** What a symlink says, as it is written. */
export function linkTarget(path: string): Steps<string> {
  return perform({ sync: () => readlinkSync(path), async: () => readlinkAsync(path) });
}

/** What the file system says of an open file. */
export function openStatus(fd: number): Steps<BigIntStats> {
  return perform({
    sync: () => fstatSync(fd, { bigint: true }),
    async: () => fstatAsync(fd, { bigint: true }),
  });
}

/** Opens a file for `use` and closes it, whatever happens. */
export function* withFile<Result>(
  path: string,
  flags: number,
  use: (fd: number) => Steps<Result>,
): Steps<Result> {
  // Only a file that is created has a mode: nobody else's until it is whole.
  const mode = 0o600;
  const fd = yield* perform({
    sync: () => openSync(checkedPath(path), flags, mode),
    async: async () => openAsync(checkedPath(path), flags, mode),
  });
  try {
    return yield* use(fd);
  } finally {
    yield* closeFile(fd);
  }
}

/** A file is closed even where that fails; whatever was to be kept has been synced before. */
export function* closeFile(fd: number): Steps<void> {
  try {
    yield* perform({
      sync: () => {
        closeSync(fd);
      },
      async: () => closeAsync(fd),
    });
  } catch {
    // Nothing can be done about it, and nothing has to be.
  }
}

/** The first bytes of a file. */
export interface FileStart {
  readonly bytes: Uint8Array;
  /** The whole file, in bytes. */
  readonly size: bigint;
  /** What was said of the open file before the bytes were read. */
  readonly stats: BigIntStats;
}

/** For reading. A pipe or a device in the place of a file must neither block nor be read. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** A file that is open for reading; {@link closeFile} closes it. */
export interface OpenFile {
  readonly fd: number;
  /** What was said of it when it was opened. */
  readonly stats: BigIntStats;
}

/**
 * Opens a regular file for reading. Opening a device can have effects of its own, so it is not even tried.
 *
 * @param flags - `O_NOFOLLOW`, if a symlink in its place must not be followed.
 */
export function* openRegular(path: string | Buffer, flags = 0): Steps<OpenFile> {
  if (!(yield* status(path)).isFile()) throw new Error('not a regular file');
  const fd = yield* perform({
    sync: () => openSync(checkedPath(path), FLAGS | flags),
    async: async () => openAsync(checkedPath(path), FLAGS | flags),
  });
  try {
    return { fd, stats: yield* regularStatus(fd) };
  } catch (error) {
    yield* closeFile(fd);
    throw error;
  }
}

function* regularStatus(fd: number): Steps<BigIntStats> {
  const stats = yield* openStatus(fd);
  if (!stats.isFile()) throw new Error('not a regular file');
  return stats;
}

/** The first bytes of a regular file, at most `length`. */
export function* readStart(path: string | Buffer, length: number): Steps<FileStart> {
  return yield* startOfOpen(yield* openRegular(path), length);
}

/** The first bytes of an open file, at most `length`, as steps. Closes it. */
export function* startOfOpen({ fd, stats }: OpenFile, length: number): Steps<FileStart> {
  try {
    const most = stats.size < BigInt(length) ? Number(stats.size) : length;
    return { bytes: yield* readUpTo(fd, most), size: stats.size, stats };
  } finally {
    yield* closeFile(fd);
  }
}

function* readUpTo(fd: number, length: number): Steps<Uint8Array> {
  const buffer = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const at = filled;
    const count = yield* perform({
      sync: () => readSync(fd, buffer, at, length - at, at),
      async: async () => (await readAsync(fd, buffer, at, length - at, at)).bytesRead,
    });
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}
