#!/usr/bin/env node
import process from 'node:process';

try {
  await import('../dist/bin.js');
} catch (error) {
  // Such as EMFILE, where few files may be open.
  process.stderr.write(`error: cannot start: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}
