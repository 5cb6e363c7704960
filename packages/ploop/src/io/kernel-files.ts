import { closeSync, constants, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { open, readdir, readlink } from 'node:fs/promises';

import { perform, type Steps } from '@ploop/descriptor/internal';

import { isGoing, isPassing, unreadable } from './failure.ts';
import { pause } from './pause.ts';

/** What is not a regular file there must neither block nor become the terminal of this process. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** The kernel gives at most a page for an attribute. */
const ATTRIBUTE_BYTES = 65_536;
const PAGE_BYTES = 4096;

/** How often a read that fails in passing is tried, and how long it waits in between, in milliseconds. */
const TRIES = 5;
const WAIT_MS = 10;

/** The whole text of a file of the kernel, at most `limit` bytes; `undefined` if it does not exist, or is empty. */
export function textOf(path: string, limit: number): Steps<string | undefined> {
  return patiently(path, {
    sync: () => readAllSync(path, limit),
    async: () => readAll(path, limit),
  });
}

/**
 * An attribute of sysfs without its line end; `undefined` if it does not exist, or is empty.
 *
 * @throws ReadError `KERNEL_UNREADABLE`
 */
export function* attribute(path: string): Steps<string | undefined> {
  const text = yield* textOf(path, ATTRIBUTE_BYTES);
  return text?.endsWith('\n') === true ? text.slice(0, -1) : text;
}

/** An attribute that is a number in decimal; `undefined` if it does not exist. */
export function* numberAttribute(path: string): Steps<number | undefined> {
  const text = (yield* attribute(path))?.trim();
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,15}$/.test(text)) throw unreadable(path, `${JSON.stringify(text)} is not a number`);
  return Number(text);
}

/** The names in a directory; `undefined` if it does not exist. */
export function* namesIn(path: string): Steps<readonly string[] | undefined> {
  const step = { sync: () => readdirSync(path), async: () => readdir(path) };
  try {
    return yield* perform(step);
  } catch {
    return yield* patiently(path, step);
  }
}

/** Where a symlink points to, as written; `undefined` if it does not exist. */
export function linkAt(path: string): Steps<string | undefined> {
  return patiently(path, { sync: () => readlinkSync(path), async: () => readlink(path) });
}

function* patiently<Result>(
  path: string,
  step: { readonly sync: () => Result; readonly async: () => Promise<Result> },
): Steps<Result | undefined> {
  for (let tried = 1; ; tried += 1)
    try {
      return yield* perform(step);
    } catch (cause) {
      if (isGoing(cause)) return undefined;
      if (!isPassing(cause) || tried >= TRIES) throw unreadable(path, cause);
      yield* pause(WAIT_MS);
    }
}

function readAllSync(path: string, limit: number): string {
  const fd = openSync(path, FLAGS);
  try {
    const text = collect(limit);
    for (;;) {
      const length = readSync(fd, text.next, 0, text.next.length, null);
      if (!text.add(length)) return text.end();
    }
  } finally {
    closeSync(fd);
  }
}

async function readAll(path: string, limit: number): Promise<string> {
  const handle = await open(path, FLAGS);
  try {
    const text = collect(limit);
    for (;;) {
      const { bytesRead } = await handle.read(text.next, 0, text.next.length, null);
      if (!text.add(bytesRead)) return text.end();
    }
  } finally {
    await handle.close();
  }
}

/** Puts a text together of what was read to `next`. */
function collect(limit: number): {
  next: Buffer;
  readonly add: (length: number) => boolean;
  readonly end: () => string;
} {
  const chunks: Buffer[] = [];
  const chunkBytes = limit > ATTRIBUTE_BYTES ? ATTRIBUTE_BYTES : PAGE_BYTES;
  let total = 0;
  return {
    next: Buffer.allocUnsafe(chunkBytes),
    add(length) {
      if (length === 0) return false;
      chunks.push(this.next.subarray(0, length));
      total += length;
      if (total > limit) throw new Error(`more than ${String(limit)} bytes`);
      this.next = Buffer.allocUnsafe(chunkBytes);
      return true;
    },
    end: () => Buffer.concat(chunks).toString('utf8'),
  };
}
