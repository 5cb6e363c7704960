#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import process from 'node:process';

/** With fewer, loading can fail in any of its steps, some of which report a missing package instead. */
const ENOUGH_FILES = 256;

/** How many files this process may have open; `undefined` if the system does not say. */
function openFileLimit() {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    return Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? NaN);
  } catch (error) {
    return error?.code === 'EMFILE' ? 0 : undefined;
  }
}

try {
  await import('../dist/bin.js');
} catch (error) {
  process.stderr.write(`error: cannot start: ${error instanceof Error ? error.message : error}\n`);
  if (error?.code === 'EMFILE' || openFileLimit() < ENOUGH_FILES)
    process.stderr.write(
      `  Too few files may be open. Allow ${ENOUGH_FILES} with \`ulimit -n ${ENOUGH_FILES}\`.\n`,
    );
  process.exitCode = 2;
}
