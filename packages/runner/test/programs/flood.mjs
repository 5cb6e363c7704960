#!/usr/bin/env node
// Prints the given number of mebibytes, waiting for the reader.
import { writeSync } from 'node:fs';

const block = Buffer.alloc(1024 * 1024, 'x').fill('\n', 1024 * 1024 - 1);
const clock = new Int32Array(new SharedArrayBuffer(4));
for (let count = Number(process.env.FLOOD_MIB); count > 0; count -= 1) {
  for (let at = 0; at < block.length;) {
    try {
      at += writeSync(1, block.subarray(at));
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(clock, 0, 0, 1);
    }
  }
}
