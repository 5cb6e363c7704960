import { diagnostic, DescriptorError, SECTOR_SIZE } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';

import { IMAGE } from '../arguments.ts';
import type { ChainLayer } from './chain-layer.ts';
import type { Chain } from './open-chain.ts';
import type { Segment } from './segment.ts';

/** A part of a disk that can differ between two snapshots. */
export interface ChangedRange {
  /** Byte of the disk. */
  readonly start: number;
  /** Bytes. */
  readonly length: number;
  /** Whether the newer snapshot holds data there; else it reads as zero. */
  readonly data: boolean;
}

/** How to compare. */
export interface DiffOptions {
  readonly signal?: AbortSignal;
  /** Whether two images are one file. Default: whether they have the same name. */
  readonly isSame?: (one: ChainLayer, other: ChainLayer) => boolean;
}

/**
 * Where `newer` can differ from `older`, in order, from the BATs alone: whole clusters that come from another image or
 * another place. What is not listed is equal. Beyond the end of the shorter one only data are listed: a disk that grew
 * reads as zero there.
 *
 * @throws DescriptorError with code `CHAIN_CLUSTER_SIZE` where they cannot be snapshots of one disk, and as reading does.
 */
export async function* diffChains(
  older: Chain,
  newer: Chain,
  options: DiffOptions = {},
): AsyncGenerator<ChangedRange, void, undefined> {
  requireCall(IMAGE.diffChains, [older, newer, options]);
  const { signal, isSame = hasSameSource } = options;
  refuseOtherClusters(older, newer);
  const places = newer.layers.map((layer) => older.layers.findIndex((one) => isSame(one, layer)));
  const before = cursor(older);
  let last: ChangedRange | undefined;
  for await (const segments of newer.segments()) {
    signal?.throwIfAborted();
    for (const segment of segments)
      for (let at = segment.start; at < segment.start + segment.length;) {
        const old = await before(at);
        const end = Math.min(
          segment.start + segment.length,
          old === undefined ? Infinity : old.start + old.length,
        );
        const data = segment.layer !== -1;
        const isEqual = data
          ? old !== undefined && old.layer === places[segment.layer] && isSamePlace(old, segment)
          : old === undefined || old.layer === -1;
        if (!isEqual) {
          if (last?.data === data && last.start + last.length === at)
            last = { ...last, length: last.length + end - at };
          else {
            if (last !== undefined) yield last;
            last = { start: at, length: end - at, data };
          }
        }
        at = end;
      }
  }
  if (last !== undefined) yield last;
}

/** Whole clusters are compared: the parts must begin at the same bytes and have the same clusters. */
function refuseOtherClusters(older: Chain, newer: Chain): void {
  for (const [index, { start, clusterBytes, layers }] of newer.parts.entries()) {
    const before = older.parts[index];
    const layer = layers.find(({ image }) => image.clusterSize !== undefined);
    const isRaw = before?.layers.every(({ image }) => image.clusterSize === undefined) === true;
    if (before?.start === start && (layer === undefined || isRaw)) continue;
    if (before?.start === start && before.clusterBytes === clusterBytes) continue;
    throw new DescriptorError([
      diagnostic('CHAIN_CLUSTER_SIZE', {
        file: (layer ?? layers[0])?.source.file ?? '',
        sectors: clusterBytes / SECTOR_SIZE,
        expected: (before?.clusterBytes ?? 0) / SECTOR_SIZE,
      }),
    ]);
  }
}

/** Gives the segment of a chain that holds a byte; the bytes must be asked for in order. */
function cursor(chain: Chain): (at: number) => Promise<Segment | undefined> {
  const batches = chain.segments();
  let batch: readonly Segment[] = [];
  let index = 0;
  return async (at) => {
    for (;;) {
      const segment = batch[index];
      if (segment !== undefined && at < segment.start + segment.length) return segment;
      if (segment !== undefined) index += 1;
      else {
        const next = await batches.next();
        if (next.done === true) return undefined;
        [batch, index] = [next.value, 0];
      }
    }
  };
}

/** Whether two segments of one image are the same bytes of it. An encoded one is whole, or a part of the same cluster. */
function isSamePlace(old: Segment, segment: Segment): boolean {
  if (old.layer === -1 || old.source?.file !== segment.source?.file) return false;
  if (old.decode === undefined && segment.decode === undefined)
    return old.offset - old.start === segment.offset - segment.start;
  return old.decode !== undefined && segment.decode !== undefined && old.offset === segment.offset;
}

function hasSameSource(one: ChainLayer, other: ChainLayer): boolean {
  return one.source.file === other.source.file;
}
