import { diagnostic, type Diagnostic } from '@ploop/descriptor';
import type { createCollector, ImageSource, Steps } from '@ploop/descriptor/internal';

import type { ClusterUsage } from '../../usage.ts';
import type { Qcow2Image } from '../read-qcow2.ts';
import { entryFault } from './entry-fault.ts';
import { references, type Flagged, type Reference } from './references.ts';
import { readRefcounts, type RefcountTable } from './refcounts.ts';
import type { Tables } from './tables.ts';

/** Clusters of the file that are looked at together: 96 MiB of memory for the two counts of each. */
const WINDOW_CLUSTERS = 2 ** 23;

/** What the counts say and what they should. */
interface Compared {
  readonly usage: ClusterUsage;
  readonly wrong: readonly Diagnostic[];
}

/**
 * Compares the reference counts of an image with what refers to each cluster of its file. The tables of a longer file are
 * read again for each part of it.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`; the reason of `signal`.
 */
export function* compareCounts(
  source: ImageSource,
  { header }: Qcow2Image,
  tables: Tables,
  refcounts: RefcountTable,
  collector: ReturnType<typeof createCollector>,
  signal: AbortSignal | undefined,
): Steps<Compared> {
  const { file, bytes: fileBytes } = source;
  const { clusterBytes } = tables;
  const total = Math.ceil(fileBytes / clusterBytes);
  let [allocated, used, leaked, low, flags] = [0, 0, 0, 0, 0];
  let firstLow = Infinity;
  for (let first = 0; first < total; first += WINDOW_CLUSTERS) {
    const count = Math.min(WINDOW_CLUSTERS, total - first);
    const found = new Uint32Array(count);
    const stored = new Float64Array(count);
    yield* readRefcounts(source, refcounts, first, stored);
    const add = ({ offset, length, times }: Reference): void => {
      const from = Math.max(first, Math.floor(offset / clusterBytes));
      const to = Math.min(first + count, Math.ceil((offset + length) / clusterBytes));
      for (let cluster = from; cluster < to; cluster += 1)
        found[cluster - first] = (found[cluster - first] ?? 0) + times;
    };
    const isFirst = first === 0;
    const flag = ({ offset, isCopied }: Flagged): void => {
      const cluster = Math.floor(offset / clusterBytes);
      const isHere = offset === -1 ? isFirst : cluster >= first && cluster < first + count;
      if (isHere && isCopied !== (offset !== -1 && stored[cluster - first] === 1)) flags += 1;
    };
    for (const place of refcounts.blocks)
      if (place !== 0) add({ offset: place, length: clusterBytes, times: 1 });
    yield* references(
      source,
      tables,
      {
        reference: add,
        flagged: flag,
        entry: (entry, words, cluster) => {
          if (!isFirst) return;
          allocated += 1;
          const fault = entryFault(
            { file, fileBytes, version: header.version, tables },
            entry,
            words,
            cluster,
          );
          if (fault !== undefined) collector.add(fault.code, () => fault);
        },
      },
      signal,
    );
    for (let cluster = 0; cluster < count; cluster += 1) {
      const [is, should] = [stored[cluster] ?? 0, found[cluster] ?? 0];
      if (should > 0) used += 1;
      if (is > should) leaked += 1;
      if (is < should) {
        low += 1;
        firstLow = Math.min(firstLow, (first + cluster) * clusterBytes);
      }
    }
  }
  const wrong: Diagnostic[] = [];
  if (low > 0)
    wrong.push(
      diagnostic('REFCOUNT_WRONG', { file, clusters: low, offset: firstLow, kind: 'low' }),
    );
  if (flags > 0) wrong.push(diagnostic('REFCOUNT_WRONG', { file, clusters: flags, kind: 'flag' }));
  if (leaked > 0)
    wrong.push(
      diagnostic('CLUSTERS_UNUSED', { file, clusters: leaked, bytes: leaked * clusterBytes }),
    );
  return { usage: { allocated, used, data: total, extension: 0, unused: leaked }, wrong };
}
