// @ts-check
// A thread that copies from file to file, without a turn of an event loop for each read and write. It is plain
// JavaScript as a thread is started from a file that Node runs as it is, be it from here or from `dist`.
import { readSync, writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

/** @typedef {import('./lane-messages.ts').LanePart} LanePart */
/** @typedef {import('./lane-messages.ts').LaneReply} LaneReply */
/** @typedef {import('./lane-messages.ts').LaneTarget} LaneTarget */
/** @typedef {import('./lane-messages.ts').LaneTask} LaneTask */

/**
 * Small enough to stay in the cache of the processor between the read and the write. Writes of 1 MiB have Linux look for
 * large pages besides, which can take several times as long as the copy.
 */
const BUFFER_BYTES = 256 << 10;

const buffer = new Uint8Array(BUFFER_BYTES);
const zeros = new Uint8Array(BUFFER_BYTES);
const target = /** @type {LaneTarget} */ (workerData);

/** The file in which something is done, for what goes wrong there. */
let busy = target.fd;

/** @param {LanePart} part */
function copy({ position, length, fd, offset, bytes }) {
  if (bytes !== undefined) {
    write(bytes, length, position);
    return;
  }
  for (let done = 0; done < length;) {
    const count = Math.min(BUFFER_BYTES, length - done);
    if (fd === -1) write(zeros, count, position + done);
    else {
      read(fd, count, offset + done);
      write(buffer, count, position + done);
    }
    done += count;
  }
}

/** @type {(fd: number, length: number, offset: number) => void} */
function read(fd, length, offset) {
  busy = fd;
  for (let filled = 0; filled < length;) {
    const count = readSync(fd, buffer, filled, length - filled, offset + filled);
    if (count === 0) throw new Error(`it ends at byte ${String(offset + filled)}`);
    filled += count;
  }
}

/** @type {(bytes: Uint8Array, length: number, position: number) => void} */
function write(bytes, length, position) {
  busy = target.fd;
  for (let written = 0; written < length;) {
    const at = target.inOrder ? null : position + written;
    written += writeSync(target.fd, bytes, written, length - written, at);
  }
}

/** @type {(task: LaneTask) => LaneReply} */
function run(task) {
  try {
    task.forEach(copy);
    return { done: true };
  } catch (error) {
    const { message, code } = /** @type {NodeJS.ErrnoException} */ (error);
    return { done: false, fd: busy, message, ...(code !== undefined && { code }) };
  }
}

parentPort?.on('message', (/** @type {LaneTask} */ task) => {
  parentPort?.postMessage(run(task));
});
parentPort?.postMessage(undefined);
