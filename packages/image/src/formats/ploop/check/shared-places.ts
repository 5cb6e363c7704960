import { diagnostic, type Diagnostic } from '@ploop/descriptor';
import type { ImageSource } from '@ploop/descriptor/internal';

import type { ImageLayout } from '../layout.ts';
import { allocatedPieces } from '../table/bat.ts';
import { createClusterBits, WINDOW_BITS } from '../../cluster-bits.ts';
import { isSound } from '../table/entry.ts';
import { sharedFindings } from './check-bat.ts';

/** As many get both their clusters named. */
const MOST_NAMED = 1000;

/** Says of a cluster of the disk whether another one has the same place in the file: at least one of them is wrong. */
export type SharedPlaces = (cluster: number, entry: number) => Diagnostic | undefined;

/**
 * Finds the places in an image that two entries of its table lead to; `undefined` if it does not exist.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`; the reason of `signal`.
 */
export async function sharedPlaces(
  source: ImageSource,
  layout: ImageLayout,
  signal: AbortSignal | undefined,
): Promise<SharedPlaces | undefined> {
  const { file } = source;
  const { entryBytes, clusterBytes, dataStart, fileBytes } = layout;
  if (fileBytes <= dataStart) return undefined;
  const perEntry = entryBytes / clusterBytes;
  const total = Math.min(Math.ceil(fileBytes / clusterBytes), WINDOW_BITS);
  const [taken, bits] = [createClusterBits(0, total), createClusterBits(0, total)];
  const named: { readonly cluster: number; readonly entry: number }[] = [];
  for await (const { first, entries } of allocatedPieces(source, layout, signal)) {
    for (let index = 0; index < entries.length; index += 1) {
      const entry = entries[index] ?? 0;
      if (entry === 0 || !isSound(layout, first + index, entry)) continue;
      if (taken.add(entry * perEntry) || entry * perEntry >= total) continue;
      bits.add(entry * perEntry);
      if (named.length < MOST_NAMED) named.push({ cluster: first + index, entry });
    }
  }
  if (bits.size() === 0) return undefined;
  const pairs = new Map<number, { readonly cluster: number; readonly other: number }>();
  for (const { code, data } of await sharedFindings(source, layout, named, signal))
    if (code === 'CLUSTER_SHARED') pairs.set(data.offset, data);
  return (cluster, entry) => {
    if (!bits.has(entry * perEntry)) return undefined;
    const offset = entry * entryBytes;
    const pair = pairs.get(offset);
    const other = pair?.other === cluster ? pair.cluster : (pair?.other ?? cluster);
    return diagnostic('CLUSTER_SHARED', { file, cluster, other, offset });
  };
}
