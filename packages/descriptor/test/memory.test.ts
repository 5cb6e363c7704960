import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { sample } from '@ploop/test-kit';
import { describe, expect, test } from 'vitest';

/** What the README promises: bytes of memory for each byte of a document. */
const BYTES_PER_BYTE = 24;
/** What a process takes for whatever document: the engine collects its garbage when it likes. */
const SLACK = 160 * 1024 * 1024;

const run = promisify(execFile);
const program = join(import.meta.dirname, 'programs', 'parse-hostile.mjs');
const mebibytes = process.env['PLOOP_MEMORY_MIB'] ?? '2';

const { stdout } = await run(process.execPath, [program]);
const all = JSON.parse(stdout) as readonly string[];
/** Shapes in `npm test`; all with PLOOP_RUNS=25. Each takes a process of its own. */
const { numRuns, seed } = sample('shapes of documents', 8);
const names = Array.from(
  { length: Math.min(numRuns, all.length) },
  (_, index) => all[(seed + index) % all.length] ?? '',
);

describe('a document takes memory in proportion to its length', () => {
  test.each(names)('%s', async (name) => {
    const most = Math.ceil((Number(mebibytes) * 1024 * 1024 * BYTES_PER_BYTE + SLACK) / 2 ** 20);
    const heap = `--max-old-space-size=${String(most)}`;
    const parsed = await run(process.execPath, [heap, program, name, mebibytes]);
    const { bytes, grown } = JSON.parse(parsed.stdout) as { bytes: number; grown: number };
    expect(grown).toBeLessThan(bytes * BYTES_PER_BYTE + SLACK);
  });
});
