import { execFile } from 'node:child_process';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import {
  buildGraph,
  imageList,
  parseDescriptor,
  parseGuid,
  TOP_GUID,
  type DiskDescriptor,
  resolveFile,
  serializeDescriptor,
} from '@ploop/descriptor';
import { loadDescriptor } from '@ploop/descriptor/node';
import { qemuImg, qemuIo, qemuName } from '@ploop/test-kit/qemu';
import fc from 'fast-check';

const execute = promisify(execFile);
const SECTOR = 512;
/** 32 MiB: larger disks show no more, and take longer. */
const MOST_SECTORS = 65_536;

/** A disk to be made by the tool (version 1) or by QEMU (version 2). */
export interface DiskScript {
  readonly version: 1 | 2;
  readonly format: 'expanded' | 'preallocated' | 'raw';
  /** Cluster size. */
  readonly blockSize: number;
  readonly clusters: number;
  readonly steps: readonly Step[];
}

type Step =
  | { readonly kind: 'write'; readonly writes: readonly Write[] }
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'switch'; readonly to: number };

/** Where as parts of the disk, in 1/10,000; `length` in sectors. */
interface Write {
  readonly at: number;
  readonly length: number;
  readonly pattern: number;
}

const write: fc.Arbitrary<Write> = fc.record({
  at: fc.nat(9_999),
  length: fc.oneof(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 64, max: 6_000 })),
  pattern: fc.nat(255),
});
const writes = fc.record({
  kind: fc.constant('write' as const),
  writes: fc.array(write, { minLength: 1, maxLength: 6 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: writes, weight: 3 },
  { arbitrary: fc.record({ kind: fc.constant('switch' as const), to: fc.nat(99) }), weight: 1 },
);
/** Snapshots, and between them what happens on a disk. */
const steps = fc
  .array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 9 })
  .map((groups) =>
    groups.flatMap<Step>((group, index) => [
      ...(index > 0 ? [{ kind: 'snapshot' } as const] : []),
      ...group,
    ]),
  );

/** Disks of all formats: 1 to 8 snapshots, branches, partial clusters. */
export const diskScript: fc.Arbitrary<DiskScript> = fc
  .record({
    version: fc.constantFrom<1 | 2>(1, 1, 2),
    format: fc.constantFrom('expanded', 'preallocated', 'raw'),
    blockSize: fc.constantFrom(64, 128, 256, 512, 1024, 2048, 4096, 131072),
    clusters: fc.integer({ min: 1, max: 64 }),
    steps,
  })
  .map(({ format, blockSize, clusters, ...rest }) => ({
    ...rest,
    blockSize,
    // Preallocated and raw images are written in full; one of large clusters would take long.
    format: blockSize > 4096 ? 'expanded' : format,
    clusters: Math.min(clusters, blockSize > 4096 ? 3 : MOST_SECTORS / blockSize),
  }));

/** Runs the tool; on a disk it needs no driver for what is done here. */
export async function tool(...argv: readonly string[]): Promise<void> {
  const PATH = [process.env['PATH'], '/usr/sbin', '/sbin', '/usr/local/sbin'].join(':');
  const env = { ...process.env, PATH, LC_ALL: 'C', PLOOP_PAD: 'x'.repeat(8192) };
  await execute('ploop', ['-v-1', ...argv], { env });
}

/** Makes the disk in `directory`, real data in it. */
export async function makeDisk(script: DiskScript, directory: string): Promise<void> {
  const make = script.version === 1 ? toolDisk(script, directory) : qemuDisk(script, directory);
  const size = script.blockSize * script.clusters * SECTOR;
  await make.create();
  for (const one of script.steps)
    if (one.kind === 'snapshot') await make.snapshot();
    else if (one.kind === 'switch') await make.switchTo(one.to);
    else
      await qemuIo(
        await qemuName(await filesOf(directory)),
        one.writes.map((w) => command(w, size)),
      );
}

function command({ at, length, pattern }: Write, size: number): string {
  const start = Math.floor((size / SECTOR) * (at / 10_000)) * SECTOR;
  const bytes = Math.min(length * SECTOR, size - start);
  return `write -P ${String(pattern)} ${String(start)} ${String(bytes)}`;
}

/** The files of a snapshot, base first; of the top where no GUID is given. */
export async function filesOf(directory: string, guid?: string): Promise<readonly string[]> {
  const { descriptor } = await loadDescriptor(directory);
  if (descriptor === undefined) throw new Error('no descriptor');
  const { images } = imageList(buildGraph(descriptor), guid ?? descriptor.topGuid ?? '');
  return images.map(({ file }) => resolveFile(directory, file));
}

interface Maker {
  readonly create: () => Promise<void>;
  readonly snapshot: () => Promise<void>;
  readonly switchTo: (number: number) => Promise<void>;
}

function toolDisk({ format, blockSize, clusters }: DiskScript, directory: string): Maker {
  const path = join(directory, 'DiskDescriptor.xml');
  const size = `${String((blockSize * clusters) / 2)}K`;
  return {
    create: () =>
      tool(
        'init',
        '-s',
        size,
        '-f',
        format,
        '-b',
        String(blockSize),
        '-t',
        'none',
        join(directory, 'root.hdd'),
      ),
    snapshot: () => tool('snapshot', path),
    switchTo: async (number) => {
      const { descriptor } = await loadDescriptor(path);
      const others = (descriptor?.shots ?? []).filter(({ guid }) => guid !== descriptor?.topGuid);
      const to = others[number % Math.max(1, others.length)];
      if (to !== undefined) await tool('snapshot-switch', '-u', to.guid, path);
    },
  };
}

/** The tool makes no image of version 2 without its driver. */
function qemuDisk({ blockSize, clusters }: DiskScript, directory: string): Maker {
  const path = join(directory, 'DiskDescriptor.xml');
  const size = blockSize * clusters * SECTOR;
  let made = 0;
  const create = async (): Promise<string> => {
    const file = `delta ${String((made += 1))}.hds`;
    const options = `cluster_size=${String(blockSize * SECTOR)}`;
    await qemuImg(
      'create',
      '-q',
      '-f',
      'parallels',
      '-o',
      options,
      join(directory, file),
      String(size),
    );
    return file;
  };
  const change = async (
    edit: (descriptor: DiskDescriptor) => Promise<DiskDescriptor>,
  ): Promise<void> => {
    const { descriptor } = await loadDescriptor(path);
    if (descriptor === undefined) throw new Error('no descriptor');
    await writeFile(path, serializeDescriptor(await edit(descriptor)));
  };
  return {
    create: async () => {
      await writeFile(path, serializeDescriptor(oneImage(await create(), blockSize, clusters)));
    },
    snapshot: () =>
      change(async ({ images, shots, ...rest }) => {
        const guid =
          parseGuid(`{b0000000-0000-4000-8000-${String(made).padStart(12, '0')}}`) ?? TOP_GUID;
        const renamed = <Item extends { readonly guid: string }>(item: Item): Item =>
          item.guid === TOP_GUID ? { ...item, guid } : item;
        return {
          ...rest,
          images: [
            ...images.map(renamed),
            { guid: TOP_GUID, type: 'Compressed', file: await create() },
          ],
          shots: [...shots.map(renamed), { guid: TOP_GUID, parentGuid: guid, temporary: false }],
        };
      }),
    switchTo: (number) =>
      change(async ({ images, shots, ...rest }) => {
        const kept = shots.filter(({ guid }) => guid !== TOP_GUID);
        const to = kept[number % Math.max(1, kept.length)];
        if (to === undefined) return { ...rest, images, shots };
        const others = images.filter(({ guid }) => guid !== TOP_GUID);
        return {
          ...rest,
          images: [...others, { guid: TOP_GUID, type: 'Compressed', file: await create() }],
          shots: [...kept, { guid: TOP_GUID, parentGuid: to.guid, temporary: false }],
        };
      }),
  };
}

function oneImage(file: string, blockSize: number, clusters: number): DiskDescriptor {
  const text = `<?xml version="1.0"?><Parallels_disk_image><Disk_Parameters><Disk_size>${String(blockSize * clusters)}</Disk_size>
<Cylinders>8</Cylinders><Heads>16</Heads></Disk_Parameters><StorageData><Storage><Blocksize>${String(blockSize)}</Blocksize>
<Image><GUID>${TOP_GUID}</GUID><Type>Compressed</Type><File>${file}</File></Image></Storage></StorageData>
<Snapshots><TopGUID>${TOP_GUID}</TopGUID><Shot><GUID>${TOP_GUID}</GUID><ParentGUID>{00000000-0000-0000-0000-000000000000}</ParentGUID></Shot>
</Snapshots></Parallels_disk_image>`;
  const { descriptor } = parseDescriptor(text);
  if (descriptor === undefined) throw new Error('no descriptor');
  return descriptor;
}

/** Copies a disk, leaves only the chain of one snapshot in the copy, has the tool merge it, and gives the one file left. */
export async function mergedByTool(
  directory: string,
  guid: string,
  target: string,
): Promise<string> {
  await cp(directory, target, { recursive: true });
  const path = join(target, 'DiskDescriptor.xml');
  const { descriptor } = await loadDescriptor(path);
  if (descriptor === undefined) throw new Error('no descriptor');
  const chain = buildGraph(descriptor).chain(guid);
  const rename = (name: string): string => (name === guid ? TOP_GUID : name);
  const images = chain.flatMap(({ image }) => (image === undefined ? [] : [image]));
  const named = { images, shots: chain };
  const text = serializeDescriptor({
    ...descriptor,
    topGuid: parseGuid(guid) ?? TOP_GUID,
    ...named,
  });
  // Deltas of version 1 are named by their absolute path.
  const placed = text.replaceAll(`<File>${directory}/`, `<File>${target}/`);
  await writeFile(path, guid === TOP_GUID ? placed : placed.replaceAll(guid, rename(guid)));
  if (chain.length > 1) await tool('snapshot-merge', '-A', path);
  const [file, ...rest] = await filesOf(target);
  if (file === undefined || rest.length > 0) throw new Error('not merged');
  return file;
}
