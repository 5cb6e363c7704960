import { diagnostic, type Diagnostic, bytes as toByteCount } from '@ploop/descriptor';
import { createCollector, type ImageSource } from '@ploop/descriptor/internal';

import type { ImageLayout } from '../layout.ts';
import type { PloopDescription } from '../ploop-description.ts';
import { allocatedPieces } from '../table/bat.ts';
import { faultOfEntry } from '../table/entry.ts';
import { entriesLost } from '../table/lost-table.ts';
import { surveyBat } from '../table/survey-bat.ts';
import type { ClusterUsage } from '../../usage.ts';
import { clustersOfExtension, isUsable, staleEntries, tableLost } from './table-lost.ts';

/** More places than anybody looks at one by one. */
const MOST_SHARED = 10_000;

/** Findings that say by themselves that a table is damaged, or that its end is in doubt. */
const WRONG_TABLE: ReadonlySet<string> = new Set([
  ...['CLUSTER_BEFORE_DATA', 'CLUSTER_BEYOND_END', 'CLUSTER_MISALIGNED', 'CLUSTER_SHARED'],
  'BAT_STALE',
]);

/**
 * Reads the whole BAT of an image: what its clusters are used for, and what is wrong.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`; the reason of `signal`.
 */
export async function checkBat(
  source: ImageSource,
  description: PloopDescription,
  stated: ImageLayout,
  signal: AbortSignal | undefined,
): Promise<{ readonly usage: ClusterUsage; readonly diagnostics: readonly Diagnostic[] }> {
  const { file } = source;
  const layout = await withGrid(source, stated, signal);
  const { clusterBytes, dataStart, fileBytes } = layout;
  const collector = createCollector();
  const shared: { readonly cluster: number; readonly entry: number }[] = [];
  const extensionAt = isUsable(description.extension)
    ? {
        start: description.extension.offset,
        end: description.extension.offset + clusterBytes,
      }
    : undefined;
  const { end, ...survey } = await surveyBat(
    source,
    layout,
    {
      unsound: (cluster, entry) => {
        const fault = faultOfEntry(file, layout, cluster, entry);
        if (fault !== undefined) collector.add(fault.code, () => fault);
      },
      shared: (cluster, entry) => {
        if (shared.length < MOST_SHARED) shared.push({ cluster, entry });
      },
      reserved: (cluster) => {
        const offset = extensionAt?.start ?? 0;
        const reason = `cluster ${String(cluster)} of the disk is there as well`;
        collector.add('EXTENSION_INVALID', () =>
          diagnostic('EXTENSION_INVALID', { file, offset, reason }),
        );
      },
    },
    extensionAt,
    signal,
  );
  for (const finding of await sharedFindings(source, layout, shared, signal))
    collector.add(finding.code, () => finding);

  // The last cluster of the disk may be the last of the file, and end where the disk does.
  const data = Math.max(0, Math.floor((fileBytes - dataStart) / clusterBytes), end);
  const extension = Math.min(clustersOfExtension(description.extension), data - survey.used);
  const unused = data - survey.used - extension;
  const stale = await staleEntries(source, layout, signal);
  if (stale > 0)
    collector.add('BAT_STALE', () => diagnostic('BAT_STALE', { file, entries: stale }));
  const known = { allocated: survey.allocated, stale };
  // The cause of what the two findings after it would say.
  const [tableIsLost] = await tableLost(source, description, layout, signal, known);
  if (tableIsLost !== undefined) collector.add('BAT_LOST', () => tableIsLost);
  else if (unused > 0) {
    const isWrong = collector.all().some(({ code }) => WRONG_TABLE.has(code));
    // Of a table of zeros, it has been found out above.
    const isKnown = (survey.allocated === 0 && layout.clusters > 0) || isWrong;
    const places = { data, lastUsed: end };
    const lost = isKnown ? 0 : await entriesLost(source, description, layout, places, signal);
    const found = { file, clusters: unused, bytes: unused * clusterBytes };
    if (lost > 0) collector.add('BAT_PARTLY_LOST', () => diagnostic('BAT_PARTLY_LOST', found));
    else collector.add('CLUSTERS_UNUSED', () => diagnostic('CLUSTERS_UNUSED', found));
  }
  if (tableIsLost === undefined && description.flags.empty !== (survey.allocated === 0))
    collector.add('EMPTY_FLAG_WRONG', () =>
      diagnostic('EMPTY_FLAG_WRONG', { file, allocated: survey.allocated }),
    );
  return { usage: { ...survey, data, extension, unused }, diagnostics: collector.all() };
}

/** A layout in which the first cluster that has an entry says where all of them can be, unless the header does. */
async function withGrid(
  source: ImageSource,
  layout: ImageLayout,
  signal: AbortSignal | undefined,
): Promise<ImageLayout> {
  const { grid, clusterBytes, dataStart, entryBytes } = layout;
  if (grid !== undefined) return layout;
  for await (const { entries } of allocatedPieces(source, layout, signal)) {
    const first = entries.find((entry) => entry * entryBytes >= dataStart);
    if (first === undefined) continue;
    const offset = (first * entryBytes) % clusterBytes;
    const ahead = (offset - (dataStart % clusterBytes) + clusterBytes) % clusterBytes;
    return { ...layout, grid: toByteCount(offset), dataStart: toByteCount(dataStart + ahead) };
  }
  return { ...layout, grid: toByteCount(dataStart % clusterBytes) };
}

/** Who was first at a place that is taken twice. */
export async function sharedFindings(
  source: ImageSource,
  layout: ImageLayout,
  shared: readonly { readonly cluster: number; readonly entry: number }[],
  signal: AbortSignal | undefined,
): Promise<readonly Diagnostic[]> {
  if (shared.length === 0) return [];
  const firsts = new Map<number, number | undefined>(shared.map(({ entry }) => [entry, undefined]));
  for await (const { first, entries } of allocatedPieces(source, layout, signal))
    for (const [index, entry] of entries.entries())
      if (firsts.has(entry) && firsts.get(entry) === undefined) firsts.set(entry, first + index);
  return shared.map(({ cluster, entry }) =>
    diagnostic('CLUSTER_SHARED', {
      file: source.file,
      cluster,
      other: firsts.get(entry) ?? cluster,
      offset: entry * layout.entryBytes,
    }),
  );
}
