#!/usr/bin/env node
// Prints the given number of mebibytes, waiting for the reader.
import { writeSync } from 'node:fs';

const block = 'x'.repeat(1024 * 1024 - 1) + '\n';
for (let count = Number(process.env.FLOOD_MIB); count > 0; count -= 1) {
  for (let at = 0; at < block.length;) {
    try {
      at += writeSync(1, block.slice(at));
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}
