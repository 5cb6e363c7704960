import { type Diagnostic, DescriptorError } from '@ploop/descriptor';
import { append } from '@ploop/descriptor/internal';
import type { ChainLayer } from '@ploop/image';
import { damagedSize } from '@ploop/image/internal';

import type { Snapshot } from '../snapshot/open-snapshot.ts';

/** The images whose block table is all zeros before data: what they held is in no export. */
export function lostTables(
  { layers }: Pick<Snapshot, 'layers'>,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  return ofLayers(layers, async ({ image }) => (await image.lostData?.(signal)) ?? []);
}

/** The images whose header states too small a size: exports lack the data after it. */
export function damagedSizes(
  { layers, descriptor }: Pick<Snapshot, 'layers' | 'descriptor'>,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  if (descriptor.storages !== undefined) return Promise.resolve([]);
  return ofLayers(layers, ({ source, description }) =>
    description.format === 'ploop'
      ? damagedSize(source, description, descriptor, { signal })
      : Promise.resolve([]),
  );
}

async function ofLayers(
  layers: readonly ChainLayer[],
  look: (layer: ChainLayer) => Promise<readonly Diagnostic[]>,
): Promise<readonly Diagnostic[]> {
  const findings: Diagnostic[] = [];
  for (const layer of layers) {
    try {
      append(findings, await look(layer));
    } catch (error) {
      // What cannot be read has been reported, or has been given up for lost.
      if (!(error instanceof DescriptorError)) throw error;
    }
  }
  return findings;
}
