import {
  close,
  closeSync,
  constants,
  fstat,
  fstatSync,
  open,
  openSync,
  read,
  readSync,
  realpath,
  realpathSync,
  stat,
  statSync,
  type BigIntStats,
} from 'node:fs';
import { promisify } from 'node:util';

import { perform, type Steps } from './steps.ts';

const openAsync = promisify(open);
const closeAsync = promisify(close);
const readAsync = promisify(read);
const realpathAsync = promisify(realpath.native);
const statAsync = promisify(stat);
const fstatAsync = promisify(fstat);

/** The absolute path without symlinks. */
export function realPath(path: string): Steps<string> {
  return perform({ sync: () => realpathSync.native(path), async: () => realpathAsync(path) });
}

/** What the file system says of a path, symlinks followed. */
export function status(path: string): Steps<BigIntStats> {
  return perform({
    sync: () => statSync(path, { bigint: true }),
    async: () => statAsync(path, { bigint: true }),
  });
}

/** The first bytes of a regular file, at most `length`, with the size of the whole. */
export function* readStart(
  path: string,
  length: number,
): Steps<{ readonly bytes: Uint8Array; readonly size: bigint }> {
  // A pipe or a device in the place of a file must neither block nor be read.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
  const fd = yield* perform({
    sync: () => openSync(path, flags),
    async: () => openAsync(path, flags),
  });
  try {
    const found = yield* perform({
      sync: () => fstatSync(fd, { bigint: true }),
      async: () => fstatAsync(fd, { bigint: true }),
    });
    if (!found.isFile()) throw new Error('not a regular file');
    const most = found.size < BigInt(length) ? Number(found.size) : length;
    return { bytes: yield* readUpTo(fd, most), size: found.size };
  } finally {
    yield* perform({
      sync: () => {
        closeSync(fd);
      },
      async: () => closeAsync(fd),
    });
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
