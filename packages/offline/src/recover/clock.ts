import { identify } from '@ploop/contents';
import { bytes, DescriptorError, toBytes } from '@ploop/descriptor';
import { openChain, type Chain } from '@ploop/image';

import type { Lineage } from './likeness-of-content.ts';
import type { LostImage } from './lost-image.ts';

/** What a superblock of ext says of the time at which it was written. All only grow. */
export interface Clock {
  /** Seconds since 1970. */
  readonly written: number;
  /** KiB that were written to the file system in its life. */
  readonly lifetime: bigint;
  readonly mounts: number;
}

const SUPERBLOCK = 1024;
const [MOUNTS, MAGIC, LIFETIME, WRITTEN] = [0x34, 0x38, 0x178, 0x30];
const EXT_MAGIC = 0xef53;

/** Opens images as one disk. */
export function chainOf(lineage: Lineage): Promise<Chain> {
  const rawBase = lineage[0]?.isRaw === true;
  return openChain(
    lineage.map(({ source }) => source),
    { rawBase },
  );
}

/** Where file systems of ext begin, as the images show it: in bytes of the disk. */
export async function fileSystemStarts(images: readonly LostImage[]): Promise<readonly number[]> {
  const starts = new Set<number>();
  for (const image of images)
    try {
      const chain = await chainOf([image]);
      const found = await identify((target, at) => chain.readInto(target, at), chain.size);
      for (const { type, start } of found.fileSystems)
        if (type.startsWith('ext')) starts.add(start);
    } catch (error) {
      if (!(error instanceof DescriptorError)) throw error;
    }
  return [...starts];
}

/** The clocks of the superblocks that an image itself holds, in the order of `starts`. */
export async function clocksOf(
  image: LostImage,
  starts: readonly number[],
): Promise<readonly (Clock | undefined)[]> {
  const clusterBytes = toBytes(image.blockSize);
  const clocks: (Clock | undefined)[] = [];
  for (const start of starts) {
    const place = start + SUPERBLOCK;
    const offset = image.offsetOf(Math.floor(place / clusterBytes));
    clocks.push(
      offset === undefined ? undefined : await clockAt(image, offset + (place % clusterBytes)),
    );
  }
  return clocks;
}

async function clockAt({ source }: LostImage, offset: number): Promise<Clock | undefined> {
  const block = Buffer.alloc(bytes(SUPERBLOCK));
  if ((await source.readAt(block, offset)) < SUPERBLOCK) return undefined;
  if (block.readUInt16LE(MAGIC) !== EXT_MAGIC) return undefined;
  return {
    written: block.readUInt32LE(WRITTEN),
    lifetime: block.readBigUInt64LE(LIFETIME),
    mounts: block.readUInt16LE(MOUNTS),
  };
}

/** Whether a clock cannot be later than another one. */
export function isBefore(one: Clock, other: Clock): boolean {
  return one.written < other.written || one.lifetime < other.lifetime;
}
