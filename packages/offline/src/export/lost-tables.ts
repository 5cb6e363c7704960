import { type Diagnostic, DescriptorError } from '@ploop/descriptor';
import { append } from '@ploop/descriptor/internal';
import type { Chain, ChainLayer } from '@ploop/image';
import { damagedSize } from '@ploop/image/internal';

import { isBeingEmptied, mergeInto } from '../check/lost-cause.ts';
import type { SnapshotImage } from '../disk/snapshot-files.ts';
import type { Snapshot } from '../snapshot/open-snapshot.ts';

/** The images of a snapshot that are open, and the descriptor that names them. */
export interface OpenedDisk
  extends Chain, Pick<Snapshot, 'descriptor' | 'directory' | 'confinement'> {
  /** In the order of `layers`. */
  readonly images: readonly SnapshotImage[];
}

/**
 * The images whose block table is all zeros before data: what they held is in no export, or is in the image above if a
 * merge was interrupted.
 */
export async function lostTables(
  snapshot: OpenedDisk,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  if (isBeingEmptied(snapshot.descriptor)) return [];
  const guids = new Map(snapshot.images.map(({ path, guid }) => [path, guid]));
  return ofLayers(snapshot.layers, async (layer) => {
    const lost = (await layer.image.lostData?.(signal)) ?? [];
    const { source, description } = layer;
    const layout = description.format === 'ploop' ? description.layout : undefined;
    const guid = guids.get(source.file);
    if (lost.length === 0 || layout === undefined || guid === undefined) return lost;
    return (await mergeInto({ source, layout }, guid, { ...snapshot, signal })) ?? lost;
  });
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
  look: (layer: ChainLayer) => Promise<Diagnostic | readonly Diagnostic[]>,
): Promise<readonly Diagnostic[]> {
  const findings: Diagnostic[] = [];
  for (const layer of layers) {
    try {
      append(findings, [await look(layer)].flat());
    } catch (error) {
      // What cannot be read has been reported, or has been given up for lost.
      if (!(error instanceof DescriptorError)) throw error;
    }
  }
  return findings;
}
