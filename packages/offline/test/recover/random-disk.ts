import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { imageBytes, temporaryDirectory } from '@ploop/test-kit';

/** What a random disk is made by. */
export interface DiskPlan {
  /** Whether it holds an ext4 file system, which debugfs writes to; else random bytes. */
  readonly hasFiles: boolean;
  /** What becomes of the times of the files. */
  readonly times: 'kept' | 'copied' | 'equal';
  readonly steps: readonly {
    readonly action: 'write' | 'snapshot' | 'switch';
    readonly pick: number;
    readonly bytes: number;
  }[];
}

/** A disk that has lost its descriptor, and what it was. */
export interface RandomDisk {
  readonly directory: string;
  /** The parent of each file; `undefined` for the base. */
  readonly parents: ReadonlyMap<string, string | undefined>;
  readonly top: string;
}

interface Layer {
  readonly name: string;
  readonly parent: Layer | undefined;
  readonly clusters: Map<number, Buffer>;
}

const [SECTORS, CLUSTERS] = [64, 256];
const CLUSTER = SECTORS * 512;
const SIZE = CLUSTER * CLUSTERS;

/** Makes a disk as a driver does: a write of a part of a cluster copies the rest of it from below. */
export async function randomDisk(plan: DiskPlan): Promise<RandomDisk> {
  const root = await temporaryDirectory();
  const directory = join(root, 'root.hdd');
  await mkdir(directory);
  const raw = join(root, 'raw');
  const layers: Layer[] = [];
  let top: Layer = { name: 'root.hdd', parent: undefined, clusters: new Map() };
  const begin = async (parent: Layer): Promise<void> => {
    top = { name: `root.hdd.{${randomUUID()}}`, parent, clusters: new Map() };
    await save(directory, top);
  };
  if (plan.hasFiles) await formatted(raw, top);
  await save(directory, top);
  const change = async (pick: number, bytes: number): Promise<void> => {
    if (plan.hasFiles) await writeFileOn(raw, top, pick, bytes);
    else writeBytes(top, pick, bytes);
    await save(directory, top);
    await wait(8);
  };
  for (const { action, pick, bytes } of plan.steps) {
    const target = layers[pick % Math.max(1, layers.length)];
    if (action === 'write') await change(pick, bytes);
    else if (action === 'snapshot') {
      if (top.clusters.size === 0) await change(pick, bytes);
      layers.push(top);
      await begin(top);
    } else if (target !== undefined) {
      execFileSync('rm', [join(directory, top.name)]);
      await begin(target);
    }
  }
  if (top.clusters.size === 0) await change(1, 1000);
  layers.push(top);
  const shown = await withTimes(root, directory, layers, plan.times);
  return {
    directory: shown,
    parents: new Map(layers.map(({ name, parent }) => [name, parent?.name])),
    top: top.name,
  };
}

function contentOf(layer: Layer | undefined, cluster: number): Buffer {
  for (let at = layer; at !== undefined; at = at.parent) {
    const own = at.clusters.get(cluster);
    if (own !== undefined) return own;
  }
  return Buffer.alloc(CLUSTER);
}

async function save(directory: string, { name, clusters }: Layer): Promise<void> {
  const bat: number[] = [];
  const held = [...clusters];
  for (const [index, [cluster]] of held.entries()) bat[cluster] = index + 1;
  const entries = Array.from({ length: CLUSTERS }, (_, cluster) => bat[cluster] ?? 0);
  const bytes = imageBytes({ clusters: CLUSTERS, blockSize: SECTORS }, entries, held.length);
  for (const [index, [, data]] of held.entries()) bytes.set(data, CLUSTER * (index + 1));
  await writeFile(join(directory, name), bytes);
}

function writeBytes(top: Layer, pick: number, bytes: number): void {
  const start = ((pick * 7919) % (CLUSTERS * 8)) * (CLUSTER / 8);
  const data = execFileSync('head', ['-c', String(Math.min(bytes, SIZE - start)), '/dev/urandom']);
  write(top, start, data);
}

function write(top: Layer, start: number, data: Buffer): void {
  for (let at = 0; at < data.length;) {
    const cluster = Math.floor((start + at) / CLUSTER);
    const within = (start + at) % CLUSTER;
    const part = data.subarray(at, at + CLUSTER - within);
    const copy = Buffer.from(contentOf(top, cluster));
    part.copy(copy, within);
    top.clusters.set(cluster, copy);
    at += part.length;
  }
}

async function formatted(raw: string, base: Layer): Promise<void> {
  await writeFile(raw, Buffer.alloc(SIZE));
  execFileSync('mke2fs', ['-q', '-F', '-t', 'ext4', '-b', '1024', raw], { stdio: 'ignore' });
  await takeChanges(raw, base);
}

/** Has debugfs write a file on the disk as it is, and takes over the clusters that it changed. */
async function writeFileOn(raw: string, top: Layer, pick: number, bytes: number): Promise<void> {
  const disk = Buffer.concat(
    Array.from({ length: CLUSTERS }, (_, cluster) => contentOf(top, cluster)),
  );
  await writeFile(raw, disk);
  await writeFile(`${raw}.data`, execFileSync('head', ['-c', String(bytes), '/dev/urandom']));
  const request = `write ${raw}.data file-${String(pick)}-${randomUUID().slice(0, 8)}`;
  execFileSync('debugfs', ['-w', '-R', request, raw], { stdio: 'ignore' });
  await takeChanges(raw, top);
}

async function takeChanges(raw: string, top: Layer): Promise<void> {
  const disk = await readFile(raw);
  for (let cluster = 0; cluster < CLUSTERS; cluster += 1) {
    const now = disk.subarray(cluster * CLUSTER, (cluster + 1) * CLUSTER);
    if (!now.equals(contentOf(top, cluster))) top.clusters.set(cluster, Buffer.from(now));
  }
}

async function withTimes(
  root: string,
  directory: string,
  layers: readonly Layer[],
  times: DiskPlan['times'],
): Promise<string> {
  if (times === 'kept') return directory;
  if (times === 'equal') {
    for (const { name } of layers) await utimes(join(directory, name), 1, 1);
    return directory;
  }
  const copy = join(root, 'copy.hdd');
  execFileSync('cp', ['-r', directory, copy]);
  return copy;
}
