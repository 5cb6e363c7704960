import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { loadDescriptor } from '@ploop/descriptor/node';
import { qemuChain } from '@ploop/image';
import { hasTool, sample, temporaryDirectory } from '@ploop/test-kit';
import {
  diskScript,
  filesOf,
  makeDisk,
  mergedByTool,
  tool,
} from '@ploop/test-kit/disks/disk-script';
import { hasQemu, qemuImg, qemuName } from '@ploop/test-kit/qemu';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { backupSet } from '../src/backup/backup-set.ts';
import { restoreBackup } from '../src/backup/restore-backup.ts';
import { openSnapshot, type Snapshot } from '../src/snapshot/open-snapshot.ts';

interface Part {
  readonly start: number;
  readonly length: number;
  /** Distance from the top, -1 where nothing is allocated. */
  readonly depth: number;
  readonly offset: number;
}

interface MapEntry {
  readonly start: number;
  readonly length: number;
  readonly depth: number;
  readonly present: boolean;
  readonly data: boolean;
  readonly offset?: number;
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Neighbours that could be one are one, so that two lists of the same parts are equal. */
function joined(parts: readonly Part[]): readonly Part[] {
  const list: Part[] = [];
  for (const part of parts) {
    const last = list.at(-1);
    const isSame =
      last?.depth === part.depth &&
      (part.depth === -1 || last.offset + last.length === part.offset);
    if (last !== undefined && isSame)
      list[list.length - 1] = { ...last, length: last.length + part.length };
    else list.push(part);
  }
  return list;
}

async function ourParts(snapshot: Snapshot): Promise<readonly Part[]> {
  const parts: Part[] = [];
  for await (const extent of snapshot.extents()) {
    const { start, length } = extent;
    parts.push(
      extent.allocated
        ? { start, length, depth: snapshot.layers.length - 1 - extent.layer, offset: extent.offset }
        : { start, length, depth: -1, offset: -1 },
    );
  }
  return joined(parts);
}

/** Holes of a raw base, which only its file system knows of, count as its data. */
async function qemuParts(name: string, rawDepth: number): Promise<readonly Part[]> {
  const entries = JSON.parse(await qemuImg('map', '--output=json', name)) as readonly MapEntry[];
  return joined(
    entries.map(({ start, length, depth, present, data, offset = -1 }) => {
      if (depth === rawDepth && present) return { start, length, depth, offset: start };
      return data ? { start, length, depth, offset } : { start, length, depth: -1, offset: -1 };
    }),
  );
}

/** A backup that is copied elsewhere is a disk for the tool, and its state is that of the snapshot. */
async function expectBackup(
  directory: string,
  guid: string,
  target: string,
  hash: string,
): Promise<void> {
  const set = await backupSet(directory, guid, { top: true, hash: true });
  await mkdir(target);
  for (const { source, name } of set.files) await copyFile(source, join(target, name));
  await restoreBackup(target, set);
  await tool('snapshot-list', join(target, 'DiskDescriptor.xml'));
  const restored = await openSnapshot(target);
  expect(await restored.hash()).toBe(hash);
  await restored.close();
}

/** Milliseconds: programs that write to a busy disk take their time. */
const PATIENCE = process.env['PLOOP_RUNS'] === undefined ? 240_000 : 0;

const counts = { disks: 0, snapshots: 0, extents: 0, merges: 0 };

test.runIf(hasTool && hasQemu)(
  'every snapshot of random disks reads as QEMU reads it and as the tool merges it',
  async () => {
    const root = await temporaryDirectory();
    await fc.assert(
      fc.asyncProperty(diskScript, fc.nat(), async (script, choice) => {
        const work = await mkdtemp(join(root, 'disk '));
        const directory = join(work, 'root.hdd');
        await mkdir(directory);
        await makeDisk(script, directory);
        const { descriptor } = await loadDescriptor(directory);
        const guids = descriptor?.shots.map(({ guid }) => guid) ?? [];
        const merged = guids[choice % guids.length];
        for (const guid of guids) {
          const files = await filesOf(directory, guid);
          const name = await qemuName(files);
          const snapshot = await openSnapshot(directory, guid);
          const hash = await snapshot.hash();
          const raw = join(work, 'raw');
          await qemuImg('convert', '-O', 'raw', name, raw);
          expect(hash).toBe(await sha256(raw));

          const isRaw = snapshot.layers[0]?.description.format === 'raw';
          const parts = await qemuParts(name, isRaw ? files.length - 1 : -1);
          expect(await ourParts(snapshot)).toEqual(parts);
          expect(qemuChain(snapshot).names).toEqual([name]);
          await snapshot.checkUnchanged();
          await snapshot.close();
          if (guid === merged) {
            const file = await mergedByTool(directory, guid, join(work, 'merged'));
            await qemuImg('convert', '-O', 'raw', await qemuName([file]), raw);
            expect(await sha256(raw)).toBe(hash);
            counts.merges += 1;
          }
          if (guid === merged) await expectBackup(directory, guid, join(work, 'backup'), hash);
          counts.snapshots += 1;
          counts.extents += parts.length;
        }
        counts.disks += 1;
        await rm(work, { recursive: true });
      }),
      { ...sample('oracle', 1), endOnFailure: true },
    );
    console.info('oracle:', JSON.stringify(counts));
  },
  PATIENCE,
);

test.runIf(hasTool && hasQemu)(
  'a disk that shrank and grew again reads as the tool merges it',
  async () => {
    const work = await temporaryDirectory();
    const directory = join(work, 'root.hdd');
    await mkdir(directory);
    await makeDisk(
      {
        version: 1,
        format: 'expanded',
        blockSize: 64,
        clusters: 8,
        steps: [
          { kind: 'write', writes: [{ at: 0, length: 512, pattern: 7 }] },
          { kind: 'snapshot' },
          { kind: 'snapshot' },
        ],
      },
      directory,
    );
    const [, middle = ''] = await filesOf(directory);
    const bytes = await readFile(middle);
    bytes.writeUInt32LE(4 * 64, 36);
    await writeFile(middle, bytes);
    const snapshot = await openSnapshot(directory);
    expect(snapshot.diagnostics).toMatchObject([{ code: 'CHAIN_REGROWN' }]);
    const file = await mergedByTool(directory, snapshot.guid, join(work, 'merged'));
    const raw = join(work, 'raw');
    await qemuImg('convert', '-O', 'raw', await qemuName([file]), raw);
    expect(await snapshot.hash()).toBe(await sha256(raw));
    await snapshot.close();
  },
  PATIENCE,
);
