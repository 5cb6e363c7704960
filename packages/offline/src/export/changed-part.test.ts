import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { readFile, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { expect, onTestFinished, test } from 'vitest';

import { openSnapshot, type Snapshot } from '../snapshot/open-snapshot.ts';
import type { ExportOptions } from './export-options.ts';
import { exportSnapshot } from './export-snapshot.ts';

const CLUSTER = 32_768;
const CLUSTERS = 160;
const SIZE = CLUSTERS * CLUSTER;

interface Subject {
  readonly snapshot: Snapshot;
  readonly model: Buffer;
  readonly target: string;
}

/** A disk of 5 MiB with data in every odd cluster but the last twenty, and an export of its first third. */
async function interrupted(options: ExportOptions = {}): Promise<Subject> {
  const directory = await temporaryDirectory();
  let used = 0;
  const bat = Array.from({ length: CLUSTERS }, (_, cluster) =>
    cluster % 2 === 1 && cluster < CLUSTERS - 20 ? (used += 1) : 0,
  );
  const bytes = imageBytes({ clusters: CLUSTERS }, bat, used);
  const model = Buffer.alloc(SIZE);
  for (const [cluster, entry] of bat.entries())
    if (entry > 0)
      model.set(bytes.subarray(entry * CLUSTER, (entry + 1) * CLUSTER), cluster * CLUSTER);
  await writeFile(join(directory, 'd0'), bytes);
  await writeFile(join(directory, 'DiskDescriptor.xml'), descriptorXml([{}], { blockSize: '64' }));
  const snapshot = await openSnapshot(directory);
  onTestFinished(() => snapshot.close());
  const target = join(directory, 'out');
  const stop = new AbortController();
  const stopped = exportSnapshot(snapshot, target, {
    ...options,
    threads: false,
    signal: stop.signal,
    progress: ({ position }) => {
      if (position > SIZE / 3) stop.abort(new Error('enough'));
    },
  });
  await expect(stopped).rejects.toThrow('enough');
  return { snapshot, model, target };
}

function write(file: string, bytes: Uint8Array, position: number): void {
  const fd = openSync(file, 'r+');
  writeSync(fd, bytes, 0, bytes.length, position);
  closeSync(fd);
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Where the unfinished file is changed: what the interrupted export wrote, and holes of the disk. */
const PREFIX_CHANGES: readonly (readonly [string, number, ExportOptions])[] = [
  ['data', 5 * CLUSTER + 77, { hash: true }],
  ['a hole', 6 * CLUSTER + 77, { salvage: true }],
  ['zeros that were written', 6 * CLUSTER + 77, { sparse: false }],
  ['the first byte', 0, {}],
];

test.each(PREFIX_CHANGES)(
  'an unfinished file that was changed in %s is begun anew, and a finding says so',
  async (_what, position, options) => {
    const { snapshot, model, target } = await interrupted(options);
    const part = `${target}.part`;
    write(part, Buffer.of(0xa5), position);
    const result = await exportSnapshot(snapshot, target, options);
    expect(result).toMatchObject({
      resumedAt: 0,
      diagnostics: [{ code: 'EXPORT_RESTARTED', data: { file: part, position } }],
    });
    if (options.hash === true) expect(result.sha256).toBe(hashOf(model));
    expect(model.equals(await readFile(target))).toBe(true);
  },
);

test('a change that hides in the time of modification is found', async () => {
  const { snapshot, model, target } = await interrupted();
  const part = `${target}.part`;
  const { atime, mtime } = await stat(part);
  write(part, Buffer.of(0xa5), 5 * CLUSTER);
  await utimes(part, atime, mtime);
  expect(await exportSnapshot(snapshot, target)).toMatchObject({ resumedAt: 0 });
  expect(model.equals(await readFile(target))).toBe(true);
});

test.each([
  ['a hole after what was written', SIZE - 2 * CLUSTER],
  ['data after what was written', SIZE - 31 * CLUSTER],
])('a change in %s is undone, and the export goes on', async (_what, position) => {
  const { snapshot, model, target } = await interrupted();
  write(`${target}.part`, Buffer.of(0xa5), position);
  const result = await exportSnapshot(snapshot, target);
  expect(result.resumedAt).toBeGreaterThan(SIZE / 3);
  expect(result).not.toHaveProperty('diagnostics');
  expect(model.equals(await readFile(target))).toBe(true);
});

test('an unfinished file that was written after its last record is compared and taken up', async () => {
  const { snapshot, model, target } = await interrupted();
  // As a process leaves it that was killed between two records: more is written than the record says.
  write(`${target}.part`, model.subarray(101 * CLUSTER, 102 * CLUSTER), 101 * CLUSTER);
  const result = await exportSnapshot(snapshot, target, { hash: true });
  expect(result.resumedAt).toBeGreaterThan(SIZE / 3);
  expect(result.sha256).toBe(hashOf(model));
  expect(model.equals(await readFile(target))).toBe(true);
});

test('the comparison ends with the signal, and keeps the unfinished file', async () => {
  const { snapshot, target } = await interrupted();
  const part = `${target}.part`;
  write(part, Buffer.alloc(1), 0);
  const stop = new AbortController();
  const looking: Snapshot = {
    ...snapshot,
    segments: (range) => {
      stop.abort(new Error('enough'));
      return snapshot.segments(range);
    },
  };
  await expect(exportSnapshot(looking, target, { signal: stop.signal })).rejects.toThrow('enough');
  expect(await readdir(join(target, '..'))).toEqual(
    expect.arrayContaining(['out.part', 'out.part.json']),
  );
  expect((await exportSnapshot(snapshot, target)).resumedAt).toBeGreaterThan(SIZE / 3);
});
