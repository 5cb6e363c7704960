import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, sample, temporaryDirectory } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { openSnapshot, type Snapshot } from '../snapshot/open-snapshot.ts';
import { exportSnapshot } from './export-snapshot.ts';

interface Layers {
  /** Sectors. */
  readonly blockSize: number;
  /** Base first: which clusters each image holds. */
  readonly held: readonly (readonly boolean[])[];
}

/** A disk of random bytes in a directory that is there, and what it reads as. */
async function disk(
  directory: string,
  { blockSize, held }: Layers,
): Promise<{ model: Buffer; snapshot: Snapshot }> {
  const clusterBytes = blockSize * 512;
  const clusters = held[0]?.length ?? 0;
  const model = Buffer.alloc(clusters * clusterBytes);
  for (const [level, holds] of held.entries()) {
    let used = 0;
    const bat = holds.map((is) => (is ? (used += 1) : 0));
    const bytes = imageBytes({ blockSize, clusters }, bat, used);
    randomFillSync(bytes, clusterBytes);
    await writeFile(join(directory, `d${String(level)}`), bytes);
    for (const [cluster, entry] of bat.entries())
      if (entry > 0)
        model.set(
          bytes.subarray(entry * clusterBytes, (entry + 1) * clusterBytes),
          cluster * clusterBytes,
        );
  }
  const nodes = held.map((_, level) => (level === 0 ? {} : { parent: level - 1 }));
  await writeFile(
    join(directory, 'DiskDescriptor.xml'),
    descriptorXml(nodes, { blockSize: String(blockSize) }),
  );
  return { model, snapshot: await openSnapshot(directory) };
}

/** How many ports there are: each thread has one. */
const ports = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
const PORTS = ports();
const hasThreads = (): boolean => ports() > PORTS;

test('threads write what the event loop writes: what the disk reads as', async () => {
  const root = await temporaryDirectory();
  let count = 0;
  const held = fc
    .tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 3 }))
    .chain(([clusters, levels]) =>
      fc.array(fc.array(fc.boolean(), { minLength: clusters, maxLength: clusters }), {
        minLength: levels,
        maxLength: levels,
      }),
    );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(64, 512), held, fc.boolean(), async (...given) => {
      const [blockSize, holds, sparse] = given;
      const directory = join(root, String((count += 1)));
      await mkdir(directory);
      const { model, snapshot } = await disk(directory, { blockSize, held: holds });
      const [byThreads, byLoop] = [join(directory, 'threads'), join(directory, 'loop')];
      const reported = await exportSnapshot(snapshot, byThreads, { sparse });
      expect(await exportSnapshot(snapshot, byLoop, { sparse, threads: false })).toEqual(reported);
      expect(model.equals(await readFile(byThreads))).toBe(true);
      expect(model.equals(await readFile(byLoop))).toBe(true);
      await snapshot.close();
    }),
    { ...sample('threads', 6), endOnFailure: true },
  );
});

/** 64 MiB, of which the base holds three quarters and a delta every fifth cluster. */
const LARGE: Layers = {
  blockSize: 512,
  held: [4, 5].map((every, level) =>
    Array.from({ length: 256 }, (_, cluster) => (cluster % every === 0) === (level === 1)),
  ),
};

test('threads that were stopped leave what the next ones go on with', async () => {
  const directory = await temporaryDirectory();
  const { model, snapshot } = await disk(directory, LARGE);
  const target = join(directory, 'out.raw');
  const stop = new AbortController();
  const seen: number[] = [];
  const stopped = exportSnapshot(snapshot, target, {
    signal: stop.signal,
    progress: ({ position }) => {
      expect(hasThreads()).toBe(true);
      seen.push(position);
      if (position > 0) stop.abort(new Error('enough'));
    },
  });
  await expect(stopped).rejects.toThrow('enough');
  expect(seen).toEqual(seen.toSorted((one, other) => one - other));
  expect(hasThreads()).toBe(false);
  const { resumedAt, data } = await exportSnapshot(snapshot, target);
  expect(resumedAt).toBe(seen.at(-1));
  expect(data).toBeLessThan(model.length - resumedAt);
  expect(resumedAt).toBeLessThan(model.length);
  expect(model.equals(await readFile(target))).toBe(true);
  expect(hasThreads()).toBe(false);
  await snapshot.close();
});

test('a thread says which image it could not read, and where', async () => {
  const directory = await temporaryDirectory();
  const { snapshot } = await disk(directory, LARGE);
  await truncate(join(directory, 'd1'), 20 << 18);
  await expect(exportSnapshot(snapshot, join(directory, 'out.raw'))).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    diagnostics: [
      {
        data: {
          file: join(directory, 'd1'),
          reason: expect.stringMatching(/^it ends at byte \d+$/) as string,
        },
      },
      { code: 'EXPORT_BLOCKED' },
    ],
  });
  expect(hasThreads()).toBe(false);
  await snapshot.close();
});

test('where a process may start no threads, the event loop does it', async () => {
  const directory = await temporaryDirectory();
  const { model, snapshot } = await disk(directory, LARGE);
  await snapshot.close();
  const program = `
    import { Worker } from 'node:worker_threads';
    import { exportSnapshot, openSnapshot } from '@ploop/offline';
    const [, path, target] = process.argv;
    let forbidden;
    try { new Worker('', { eval: true }); } catch (error) { forbidden = error.code; }
    const snapshot = await openSnapshot(path);
    const { size } = await exportSnapshot(snapshot, target);
    await snapshot.close();
    console.log(JSON.stringify({ size, forbidden }));
  `;
  const target = join(directory, 'out.raw');
  const [major = 0] = process.versions.node.split('.').map(Number);
  const permission = major >= 24 ? '--permission' : '--experimental-permission';
  const flags = ['--no-warnings', permission, '--allow-fs-read=*', '--allow-fs-write=*'];
  const argv = [...flags, '--input-type=module', '-e', program, '--', directory, target];
  const cwd = import.meta.dirname;
  const reported = JSON.parse(
    execFileSync(process.execPath, argv, { encoding: 'utf8', cwd }),
  ) as unknown;
  expect(reported).toEqual({ size: model.length, forbidden: 'ERR_ACCESS_DENIED' });
  expect(model.equals(await readFile(target))).toBe(true);
});

test('a thread says that the target takes no more', async () => {
  const directory = await temporaryDirectory();
  const { snapshot } = await disk(directory, LARGE);
  await expect(exportSnapshot(snapshot, '/dev/full')).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
    cause: { code: 'ENOSPC' },
  });
  expect(hasThreads()).toBe(false);
  await snapshot.close();
});

test('threads read no file that is closed, as its number may be that of another one', async () => {
  const directory = await temporaryDirectory();
  const { model, snapshot } = await disk(directory, {
    blockSize: 2048,
    held: [Array.from({ length: 16 }, () => true)],
  });
  const target = join(directory, 'out.raw');
  await writeFile(join(directory, 'other'), Buffer.alloc(model.length + (1 << 20), 0xee));
  let begun = (): void => undefined;
  const copying = new Promise<void>((resolve) => (begun = resolve));
  const exported = exportSnapshot(snapshot, target, {
    progress: () => {
      begun();
    },
  });
  const failed = expect(exported).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    diagnostics: [{ data: { reason: 'it has been closed' } }, { code: 'EXPORT_BLOCKED' }],
  });
  await copying;
  await snapshot.close();
  const others = Array.from({ length: 40 }, () => openSync(join(directory, 'other'), 'r'));
  await failed;
  for (const other of others) closeSync(other);
  expect((await readFile(`${target}.part`)).includes(Buffer.alloc(4096, 0xee))).toBe(false);
  await using again = await openSnapshot(directory);
  await exportSnapshot(again, target);
  expect(model.equals(await readFile(target))).toBe(true);
});
