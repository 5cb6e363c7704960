import { diagnostic, type Diagnostic, DescriptorError } from '@ploop/descriptor';
import type { ChainLayer } from '@ploop/image';
import { nextAllocated, isTableLost } from '@ploop/image/internal';

import type { Snapshot } from '../snapshot/open-snapshot.ts';

/** The images whose block table is all zeros before data: what they held is in no export. */
export async function lostTables(
  { layers }: Pick<Snapshot, 'layers'>,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  const findings: Diagnostic[] = [];
  for (const layer of layers) {
    try {
      const lost = await lostTable(layer, signal);
      if (lost !== undefined) findings.push(lost);
    } catch (error) {
      // What cannot be read has been reported, or has been given up for lost.
      if (!(error instanceof DescriptorError)) throw error;
    }
  }
  return findings;
}

async function lostTable(
  { source, description, layout }: ChainLayer,
  signal: AbortSignal,
): Promise<Diagnostic | undefined> {
  if (layout === undefined || description.format !== 'ploop') return undefined;
  const { clusterBytes, dataStart, fileBytes } = layout;
  const clusters = Math.floor((fileBytes - dataStart) / clusterBytes);
  // A table with an entry is not read any further.
  if (clusters <= 0 || (await nextAllocated(source, 0, layout.clusters, signal)) < layout.clusters)
    return undefined;
  if (!(await isTableLost(source, description, layout, signal))) return undefined;
  return diagnostic('BAT_LOST', { file: source.file, clusters, bytes: clusters * clusterBytes });
}
