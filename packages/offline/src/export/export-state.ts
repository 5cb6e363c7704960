import { createHash } from 'node:crypto';

import type { Snapshot } from '../snapshot/open-snapshot.ts';

/** What the unfinished file of an export was made of: to go on, all of it must be the same. */
export interface ExportOrigin {
  readonly guid: string;
  /** Bytes of the file. */
  readonly size: number;
  /** Absent for a raw disk. */
  readonly format?: string;
  readonly sparse: boolean;
  /** Which files, in which state; base first. */
  readonly images: readonly string[];
  /** How they are read, by parts of the disk: the descriptor can say something else of the same files. */
  readonly parts: readonly string[];
}

/** What an export of a snapshot comes from: which files, in which state, and how they are read. */
export function originOf(
  { guid, inside, images, parts }: Snapshot,
  { sparse, size, format }: Pick<ExportOrigin, 'sparse' | 'size' | 'format'>,
): ExportOrigin {
  const states = images.map(({ path, identity: { dev, ino, mtimeNs, ctimeNs, size } }) =>
    [dev, ino, mtimeNs, ctimeNs, size, path].map(String).join(' '),
  );
  const readings = parts.map(({ start, end, clusterBytes, layers }) => {
    const kinds = layers.map(
      ({ image, size }) => `${image.clusterSize ? 'image' : 'bare'} ${String(size)}`,
    );
    return [start, end, clusterBytes, ...kinds].map(String).join(' ');
  });
  const state = inside === undefined ? guid : `${guid} ${inside}`;
  return {
    ...{ guid: state, size, sparse, images: states, parts: readings },
    ...(format !== undefined && { format }),
  };
}

/** 16 bytes that stand for a snapshot of the images as they are. */
export function imageId(snapshot: Snapshot): Uint8Array {
  const origin = originOf(snapshot, { sparse: true, size: snapshot.size });
  return createHash('sha256').update(JSON.stringify(origin)).digest().subarray(0, 16);
}
