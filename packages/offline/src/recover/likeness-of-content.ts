import { toBytes } from '@ploop/descriptor';

import type { LostImage } from './lost-image.ts';

/** Images on the way from the base to one of them, base first. */
export type Lineage = readonly LostImage[];

/** Counts what an image has in common with those that may be below it. */
export interface Likeness {
  /**
   * Sectors of an image that are, byte for byte, those at the same place of the disk below. A driver copies the rest of
   * a cluster when it writes a part of it, so that an image has most in common with its true parent. Sectors of one
   * repeated byte do not count, and those of few values count little.
   */
  readonly common: (image: LostImage, below: Lineage) => Promise<number>;
}

const SECTOR = 512;
/** Byte values in a sector of content; metadata of file systems has fewer. */
const VARIED = 64;
/** What an equal sector of fewer values counts. */
const ALIKE = 1 / 32;
/** Clusters of an image that are compared: enough to distinguish images, in bounded time. */
const MOST_CLUSTERS = 256;
/** Bytes that are read in all, at most; images of many large disks are compared in fewer clusters. */
const MOST_BYTES = 4 * 1024 ** 3;

/** The likeness of images of one directory. */
export function createLikeness(images: readonly LostImage[]): Likeness {
  const numbers = new Map(images.map((image, index) => [image, index]));
  const numberOf = (image: LostImage): number => numbers.get(image) ?? -1;
  const perImage = clustersPerImage(images);
  const samples = new Map(images.map((image) => [image, sampleOf(image.clusters, perImage)]));
  const counts = images.map(() => new Map<number, number>());
  const sums = new Map<string, number>();

  const countAt = async (image: LostImage, owner: LostImage, cluster: number): Promise<number> => {
    const known = counts[numberOf(image)];
    const key = cluster * images.length + numberOf(owner);
    const count = known?.get(key) ?? (await equalSectors(image, owner, cluster));
    known?.set(key, count);
    return count;
  };
  return {
    common: async (image, below) => {
      const key = [image, ...below].map(numberOf).join();
      const known = sums.get(key);
      if (known !== undefined) return known;
      let sum = 0;
      for (const cluster of samples.get(image) ?? []) {
        const owner = below.findLast((one) => one.offsetOf(cluster) !== undefined);
        if (owner !== undefined) sum += await countAt(image, owner, cluster);
      }
      sums.set(key, sum);
      return sum;
    },
  };
}

function clustersPerImage(images: readonly LostImage[]): number {
  const [first] = images;
  if (first === undefined) return 0;
  const most = MOST_BYTES / (images.length ** 2 * toBytes(first.blockSize));
  return Math.max(4, Math.min(MOST_CLUSTERS, Math.floor(most)));
}

/** So many, spread over all of them. */
function sampleOf(clusters: readonly number[], most: number): readonly number[] {
  if (clusters.length <= most) return clusters;
  const step = clusters.length / most;
  return Array.from({ length: most }, (_, index) => clusters[Math.floor(index * step)] ?? 0);
}

async function equalSectors(image: LostImage, owner: LostImage, cluster: number): Promise<number> {
  const [one, other] = await Promise.all([read(image, cluster), read(owner, cluster)]);
  let count = 0;
  for (let at = 0; at + SECTOR <= Math.min(one.length, other.length); at += SECTOR)
    if (one.compare(other, at, at + SECTOR, at, at + SECTOR) === 0)
      count += weightOf(one.subarray(at, at + SECTOR));
  return count;
}

/** What an equal sector counts: two branches can write the same bitmap or inode, but hardly the same content. */
function weightOf(sector: Buffer): number {
  const values = new Set(sector).size;
  if (values === 1) return 0;
  return values >= VARIED ? 1 : ALIKE;
}

async function read({ source, blockSize, offsetOf }: LostImage, cluster: number): Promise<Buffer> {
  const bytes = Buffer.alloc(toBytes(blockSize));
  const count = await source.readAt(bytes, offsetOf(cluster) ?? 0);
  return bytes.subarray(0, count);
}
