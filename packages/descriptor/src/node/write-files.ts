import {
  fchmod,
  fchmodSync,
  fchown,
  fchownSync,
  fsync,
  fsyncSync,
  rename,
  renameSync,
  unlink,
  unlinkSync,
  write,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';

import { perform, type Steps } from '../steps.ts';

const fchmodAsync = promisify(fchmod);
const fchownAsync = promisify(fchown);
const fsyncAsync = promisify(fsync);
const renameAsync = promisify(rename);
const unlinkAsync = promisify(unlink);
const writeAsync = promisify(write);

/** Writes all bytes to the beginning of an open file. */
export function* writeAll(fd: number, bytes: Uint8Array): Steps<void> {
  for (let written = 0; written < bytes.length;) {
    const [at, length] = [written, bytes.length - written];
    const count = yield* perform({
      sync: () => writeSync(fd, bytes, at, length, at),
      async: async () => (await writeAsync(fd, bytes, at, length, at)).bytesWritten,
    });
    written += count;
  }
}

/** Gives an open file to an owner and a group. */
export function changeOwner(fd: number, uid: number, gid: number): Steps<void> {
  return perform({
    sync: () => {
      fchownSync(fd, uid, gid);
    },
    async: () => fchownAsync(fd, uid, gid),
  });
}

/** Sets the permissions of an open file, whatever the umask. */
export function changeMode(fd: number, mode: number): Steps<void> {
  return perform({
    sync: () => {
      fchmodSync(fd, mode);
    },
    async: () => fchmodAsync(fd, mode),
  });
}

/** Waits until the disk has what was written to an open file or directory. */
export function sync(fd: number): Steps<void> {
  return perform({
    sync: () => {
      fsyncSync(fd);
    },
    async: () => fsyncAsync(fd),
  });
}

/** Puts one file in the place of another, in one step. */
export function replace(from: string, to: string): Steps<void> {
  return perform({
    sync: () => {
      renameSync(from, to);
    },
    async: () => renameAsync(from, to),
  });
}

/** Removes a file. */
export function remove(path: string): Steps<void> {
  return perform({
    sync: () => {
      unlinkSync(path);
    },
    async: () => unlinkAsync(path),
  });
}
