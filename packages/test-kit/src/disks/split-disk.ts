import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { TOP_GUID } from '@ploop/descriptor';
import { testGuid } from '@ploop/test-kit';
import fc from 'fast-check';

const SECTOR = 512;

/** A split disk to be made: its shots, and its parts in the order of the disk. */
export interface SplitScript {
  /** By shot: its parent, a shot before it; -1 for the base, which comes first. The last shot is the top. */
  readonly parents: readonly number[];
  readonly parts: readonly PartScript[];
}

interface PartScript {
  readonly version: 1 | 2;
  /** Cluster size in sectors. */
  readonly blockSize: number;
  readonly clusters: number;
  /** The base is a bare disk. */
  readonly plain: boolean;
  /** Sectors after the last whole cluster; of bare disks without snapshots only. */
  readonly tail: number;
  /** By shot: the clusters that its image has, in the order in which they are stored. */
  readonly allocated: readonly (readonly number[])[];
}

const MOST_SHOTS = 4;
const MOST_CLUSTERS = 10;

const part: fc.Arbitrary<PartScript> = fc
  .record({
    version: fc.constantFrom<1 | 2>(1, 2),
    blockSize: fc.constantFrom(64, 64, 128, 256),
    clusters: fc.integer({ min: 1, max: MOST_CLUSTERS }),
    plain: fc.boolean(),
    tail: fc.oneof(fc.constant(0), fc.nat(63)),
    orders: fc.array(fc.uniqueArray(fc.nat(MOST_CLUSTERS - 1), { maxLength: MOST_CLUSTERS }), {
      minLength: MOST_SHOTS,
      maxLength: MOST_SHOTS,
    }),
  })
  .map(({ orders, clusters, ...rest }) => ({
    ...rest,
    clusters,
    allocated: orders.map((order) => order.filter((cluster) => cluster < clusters)),
  }));

/** Split disks of 1 to 6 parts and 1 to 4 shots; each part has its own cluster size, version and type. */
export const splitScript: fc.Arbitrary<SplitScript> = fc
  .record({
    parents: fc.array(fc.nat(MOST_SHOTS), { maxLength: MOST_SHOTS - 1 }),
    parts: fc.array(part, { minLength: 1, maxLength: 6 }),
  })
  .map(({ parents, parts }) => {
    const shots = parents.length + 1;
    return {
      parents: [-1, ...parents.map((parent, index) => parent % (index + 1))],
      parts: parts.map((one) => ({
        ...one,
        tail: one.plain && shots === 1 ? one.tail : 0,
        allocated: one.allocated.slice(0, shots),
      })),
    };
  });

/** A disk that was made, and what it holds. */
export interface SplitDisk {
  readonly directory: string;
  readonly shots: readonly SplitShot[];
  /** Bytes of each part. */
  readonly sizes: readonly number[];
}

/** One state of a disk. */
export interface SplitShot {
  readonly guid: string;
  /** All bytes of the disk. */
  readonly bytes: Buffer;
  /** By part: the files, base first. */
  readonly files: readonly (readonly string[])[];
}

/** Makes a disk: its descriptor and images are put together here, and so is what they mean. */
export async function makeSplitDisk(
  { parents, parts }: SplitScript,
  directory: string,
): Promise<SplitDisk> {
  await mkdir(directory, { recursive: true });
  const states: Buffer[][] = [];
  for (const [shot, parent] of parents.entries()) {
    const row: Buffer[] = [];
    for (const [index, script] of parts.entries()) {
      const below = states[parent]?.[index] ?? Buffer.alloc(sizeOf(script));
      const state = Buffer.from(below);
      const isRaw = script.plain && shot === 0;
      const clusters = new Map(
        (script.allocated[shot] ?? []).map((cluster) => {
          const bytes = contentOf(script.blockSize * SECTOR, [index, shot, cluster]);
          bytes.copy(state, cluster * script.blockSize * SECTOR);
          return [cluster, bytes];
        }),
      );
      row.push(state);
      await writeFile(
        join(directory, nameOf(index, shot)),
        isRaw ? state : imageFile(script, clusters),
      );
    }
    states.push(row);
  }
  await writeFile(join(directory, 'DiskDescriptor.xml'), splitXml(parents, parts));
  const chain = (shot: number): readonly number[] =>
    shot < 0 ? [] : [...chain(parents[shot] ?? -1), shot];
  return {
    directory,
    sizes: parts.map(sizeOf),
    shots: states.map((row, shot) => ({
      guid: guidOf(shot, parents.length),
      bytes: Buffer.concat(row),
      files: parts.map((_, index) => chain(shot).map((one) => join(directory, nameOf(index, one)))),
    })),
  };
}

function sizeOf({ clusters, blockSize, tail }: PartScript): number {
  return (clusters * blockSize + tail) * SECTOR;
}

function nameOf(part: number, shot: number): string {
  return `disk.hdd.${String(part)}.${testGuid(shot)}.hds`;
}

function guidOf(shot: number, shots: number): string {
  return shot === shots - 1 ? TOP_GUID : testGuid(shot);
}

/** No two sectors of a disk are the same, so that a wrong place shows. */
function contentOf(
  length: number,
  [part, shot, cluster]: readonly [number, number, number],
): Buffer {
  const bytes = Buffer.alloc(length, 0x40 + shot);
  for (let at = 0; at < length; at += SECTOR)
    bytes.write(`${String(part)}/${String(shot)}/${String(cluster)}/${String(at)};`, at);
  return bytes;
}

function imageFile(
  { version, blockSize, clusters }: PartScript,
  data: ReadonlyMap<number, Buffer>,
): Buffer {
  const clusterBytes = blockSize * SECTOR;
  const head = Math.ceil((64 + 4 * clusters) / clusterBytes);
  const header = Buffer.alloc(head * clusterBytes);
  header.write(version === 1 ? 'WithoutFreeSpace' : 'WithouFreSpacExt', 'latin1');
  header.writeUInt32LE(2, 16);
  header.writeUInt32LE(16, 20);
  header.writeUInt32LE(clusters, 24);
  header.writeUInt32LE(blockSize, 28);
  header.writeUInt32LE(clusters, 32);
  header.writeBigUInt64LE(BigInt(clusters * blockSize), 36);
  header.writeUInt32LE(head * blockSize, 48);
  header.writeUInt32LE(data.size === 0 ? 1 : 0, 52);
  const unit = version === 1 ? blockSize : 1;
  for (const [place, cluster] of [...data.keys()].entries())
    header.writeUInt32LE((head + place) * unit, 64 + 4 * cluster);
  return Buffer.concat([header, ...data.values()]);
}

/** The descriptor as Parallels Desktop writes it. */
function splitXml(parents: readonly number[], parts: readonly PartScript[]): string {
  let end = 0;
  const storages = parts.map((script, index) => {
    const start = end;
    end += sizeOf(script) / SECTOR;
    const images = parents.map(
      (_, shot) =>
        `<Image><GUID>${guidOf(shot, parents.length)}</GUID><Type>${script.plain ? 'Plain' : 'Compressed'}</Type><File>${nameOf(index, shot)}</File></Image>`,
    );
    return `<Storage><Start>${String(start)}</Start><End>${String(end)}</End><Blocksize>${String(script.blockSize)}</Blocksize>
${images.join('\n')}
</Storage>`;
  });
  const shots = parents.map((parent, shot) => {
    const above =
      parent < 0 ? '{00000000-0000-0000-0000-000000000000}' : guidOf(parent, parents.length);
    return `<Shot><GUID>${guidOf(shot, parents.length)}</GUID><ParentGUID>${above}</ParentGUID></Shot>`;
  });
  return `<?xml version='1.0' encoding='UTF-8'?>
<Parallels_disk_image Version="1.0">
<Disk_Parameters><Disk_size>${String(end)}</Disk_size><Cylinders>1</Cylinders><Heads>16</Heads><Sectors>32</Sectors><Padding>0</Padding>
<Encryption><Engine>{00000000-0000-0000-0000-000000000000}</Engine><Data></Data><Salt></Salt></Encryption>
</Disk_Parameters>
<StorageData>
${storages.join('\n')}
</StorageData>
<Snapshots>
<TopGUID>${TOP_GUID}</TopGUID>
${shots.join('\n')}
</Snapshots>
</Parallels_disk_image>
`;
}
