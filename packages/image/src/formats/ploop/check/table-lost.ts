import { diagnostic, type Diagnostic } from '@ploop/descriptor';
import { runAsync, type ImageSource } from '@ploop/descriptor/internal';

import type { FormatExtension } from '../extension/extension-elements.ts';
import { extensionClusters } from '../extension/extension.ts';
import { BAT_ENTRY_BYTES, BAT_START, batEnd, type ImageLayout } from '../layout.ts';
import type { PloopDescription } from '../ploop-description.ts';
import { BAT_PIECE_ENTRIES, batAt, nextAllocated } from '../table/bat.ts';
import { isTableLost } from '../table/lost-table.ts';

/** What is known of a table that was read already. */
export interface KnownTable {
  readonly allocated: number;
  readonly stale: number;
}

/**
 * `BAT_LOST` if the block table of an image is all zeros, beyond the end of the disk as well, and clusters of the file hold
 * data.
 *
 * @param known - Reads only what is not known.
 * @throws DescriptorError with code `FILE_UNREADABLE`; the reason of `signal`.
 */
export async function tableLost(
  source: ImageSource,
  description: PloopDescription,
  layout: ImageLayout,
  signal: AbortSignal | undefined,
  known?: KnownTable,
): Promise<readonly Diagnostic[]> {
  const { clusters, clusterBytes, dataStart, fileBytes } = layout;
  const extension = clustersOfExtension(description.extension);
  const unused = Math.floor((fileBytes - dataStart) / clusterBytes) - extension;
  if (clusters === 0 || unused <= 0) return [];
  const isEmpty =
    known === undefined
      ? (await nextAllocated(source, 0, clusters, signal)) === clusters
      : known.allocated === 0;
  if (!isEmpty) return [];
  if ((known?.stale ?? (await staleEntries(source, layout, signal))) > 0) return [];
  if (!(await isTableLost(source, description, layout, signal))) return [];
  const bytes = unused * clusterBytes;
  return [diagnostic('BAT_LOST', { file: source.file, clusters: unused, bytes })];
}

/** Entries beyond the end of the disk, where nothing reads them until it grows. */
export async function staleEntries(
  source: ImageSource,
  { clusters, clusterBytes, dataStart, fileBytes }: ImageLayout,
  signal: AbortSignal | undefined,
): Promise<number> {
  const headerEnd = Math.ceil(batEnd(clusters) / clusterBytes) * clusterBytes;
  const behind = Math.min(fileBytes, dataStart, headerEnd) - BAT_START;
  const end = Math.floor(behind / BAT_ENTRY_BYTES);
  let stale = 0;
  for (let first = clusters; first < end; first += BAT_PIECE_ENTRIES) {
    signal?.throwIfAborted();
    const entries = await runAsync(batAt(source, first, Math.min(BAT_PIECE_ENTRIES, end - first)));
    stale += entries.reduce((count, entry) => count + (entry === 0 ? 0 : 1), 0);
  }
  return stale;
}

/** Clusters of an extension that some release goes by. */
export function clustersOfExtension(extension: FormatExtension | undefined): number {
  return isUsable(extension) ? extensionClusters(extension.elements) : 0;
}

/** Whether an extension is one that some release goes by. */
export function isUsable(extension: FormatExtension | undefined): extension is FormatExtension {
  return extension?.state === 'valid' || extension?.state === 'in-use';
}
