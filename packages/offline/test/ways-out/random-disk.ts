import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes } from '@ploop/test-kit';
import fc from 'fast-check';

const SECTOR = 512;

/** A disk of one image over the other. */
export interface DiskSpec {
  /** Sectors. */
  readonly blockSize: number;
  /** Base first; none is larger than the next one. */
  readonly layers: readonly LayerSpec[];
  /** Whether the base is a bare disk. */
  readonly rawBase: boolean;
  readonly seed: number;
}

interface LayerSpec {
  readonly version: 1 | 2;
  /** Which of its clusters it holds. */
  readonly held: readonly boolean[];
}

/** Clusters of 32 KiB to 64 MiB; larger ones more seldom, as they take longer. */
const geometries: fc.Arbitrary<{ blockSize: number; clusters: number; most: number }> = fc.oneof(
  ...(
    [
      [64, 300, 4, 6],
      [512, 80, 4, 3],
      [2048, 24, 4, 5],
      [32_768, 3, 2, 1],
      [131_072, 2, 2, 1],
    ] as const
  ).map(([blockSize, largest, most, weight]) => ({
    weight,
    arbitrary: fc.record({
      blockSize: fc.constant(blockSize),
      clusters: fc.integer({ min: 1, max: largest }),
      most: fc.constant(most),
    }),
  })),
);

/** Runs of data and holes of any length; also an image that is empty, full, or has its last cluster alone. */
function holdings(clusters: number): fc.Arbitrary<readonly boolean[]> {
  const filled = (value: (cluster: number) => boolean): readonly boolean[] =>
    Array.from({ length: clusters }, (_, cluster) => value(cluster));
  const runs = fc
    .array(fc.tuple(fc.integer({ min: 1, max: Math.max(1, clusters >> 1) }), fc.boolean()), {
      minLength: 1,
      maxLength: 40,
    })
    .map((list) => {
      const bits = list.flatMap(([length, is]) => Array.from({ length }, () => is));
      return filled((cluster) => bits[cluster % bits.length] === true);
    });
  return fc.oneof(
    { weight: 5, arbitrary: runs },
    { weight: 2, arbitrary: fc.array(fc.boolean(), { minLength: clusters, maxLength: clusters }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        filled(() => false),
        filled(() => true),
      ),
    },
    { weight: 2, arbitrary: fc.constant(filled((cluster) => cluster === clusters - 1)) },
  );
}

/** Disks of up to 128 MiB. */
export const diskSpec: fc.Arbitrary<DiskSpec> = geometries.chain(({ blockSize, clusters, most }) =>
  fc
    .array(fc.tuple(fc.constantFrom(1 as const, 2 as const), fc.nat(clusters - 1)), {
      minLength: 1,
      maxLength: most,
    })
    .chain((layers) => {
      const smaller = layers.map(([, less]) => less).sort((one, other) => other - one);
      return fc.record({
        blockSize: fc.constant(blockSize),
        layers: fc.tuple(
          ...layers.map(([version], level) =>
            holdings(level === layers.length - 1 ? clusters : clusters - (smaller[level] ?? 0)).map(
              (held) => ({ version, held }),
            ),
          ),
        ),
        rawBase: fc.boolean().map((is) => is && layers.length > 1),
        seed: fc.nat(),
      });
    }),
);

/** Numbers from 0 to below `end` that follow from a seed. */
export function randomFrom(seed: number): (end: number) => number {
  let state = seed >>> 0;
  return (end) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * end);
  };
}

/** Makes the disk in a directory and returns what it reads as, and its images base first. */
export async function makeDisk(
  { blockSize, layers, rawBase, seed }: DiskSpec,
  directory: string,
): Promise<{ readonly model: Buffer; readonly images: readonly string[] }> {
  const clusterBytes = blockSize * SECTOR;
  const random = randomFrom(seed);
  const model = Buffer.alloc((layers.at(-1)?.held.length ?? 0) * clusterBytes);
  const content = Buffer.alloc(clusterBytes);
  const images: string[] = [];
  for (const [level, { version, held }] of layers.entries()) {
    const isRaw = rawBase && level === 0;
    const places = placesOf(held, random);
    const entries = places.map((place) => (version === 1 ? place * blockSize : place));
    const head = imageBytes({ version, blockSize, clusters: held.length }, [], 0);
    const path = join(directory, `d${String(level)}`);
    images.push(path);
    const file = await open(path, 'w');
    if (isRaw) await file.truncate(held.length * clusterBytes);
    else
      await file.write(withEntries(head, entries, head.length / clusterBytes, version, blockSize));
    for (const [cluster, is] of held.entries()) {
      if (!is) continue;
      fill(content, random(2 ** 32));
      const place = (places[cluster] ?? 0) - 1 + head.length / clusterBytes;
      await file.write(content, 0, clusterBytes, (isRaw ? cluster : place) * clusterBytes);
      model.set(content, cluster * clusterBytes);
    }
    await file.close();
  }
  const nodes = layers.map((_, level) => (level === 0 ? {} : { parent: level - 1 }));
  const size = String(model.length / SECTOR);
  const xml = descriptorXml(nodes, { blockSize: String(blockSize), size });
  const typed = rawBase ? xml.replace('Compressed', 'Plain') : xml;
  await writeFile(join(directory, 'DiskDescriptor.xml'), typed);
  return { model, images };
}

/** For each cluster that is held its place among them, counted from 1, in any order; 0 for the others. */
function placesOf(held: readonly boolean[], random: (end: number) => number): number[] {
  const clusters = held.flatMap((is, cluster) => (is ? [cluster] : []));
  const places = held.map(() => 0);
  for (let next = 1; clusters.length > 0; next += 1) {
    // Mostly one after the other, as they are written.
    const at = random(3) === 0 ? random(clusters.length) : 0;
    const [cluster = 0] = clusters.splice(at, 1);
    places[cluster] = next;
  }
  return places;
}

function withEntries(
  head: Uint8Array,
  entries: readonly number[],
  headClusters: number,
  version: 1 | 2,
  blockSize: number,
): Uint8Array {
  const view = new DataView(head.buffer);
  const before = (headClusters - 1) * (version === 1 ? blockSize : 1);
  for (const [cluster, entry] of entries.entries())
    view.setUint32(64 + 4 * cluster, entry === 0 ? 0 : entry + before, true);
  return head;
}

/** No two sectors are alike, in whichever image; now and then the bytes are zeros that are stored. */
function fill(content: Buffer, seed: number): void {
  const words = new Uint32Array(content.buffer, content.byteOffset, content.length / 4);
  if (seed % 9 === 0) words.fill(0);
  else for (let index = 0; index < words.length; index += 1) words[index] = seed + index * 40_503;
}
