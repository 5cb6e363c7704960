import { bytes, type Bytes, type Diagnostic, type Guid } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import type { ConfineOptions } from '@ploop/descriptor/node';
import {
  BAT_PIECE_ENTRIES,
  readBat,
  type ChainLayer,
  type ChainPart,
  type ImageLayout,
} from '@ploop/image';

import { OFFLINE } from '../arguments.ts';
import { openSnapshot, type Snapshot } from '../snapshot/open-snapshot.ts';
import { freeOnDisk, type FreeFileSystem, type FreeRun } from './free-clusters.ts';

/** What one image holds of clusters that the guest does not use. */
export interface CompactImage {
  readonly guid: Guid;
  /** Absolute path. */
  readonly file: string;
  /**
   * Of the clusters that the file system on the disk has free as a whole, those that the image has. `undefined` for a
   * raw image, which has no table.
   */
  readonly held: Bytes | undefined;
  /** Of `held`, those that no image above has: what the disk shows of the image. */
  readonly shown: Bytes | undefined;
}

/** What the guest has freed and the images still hold. */
export interface CompactSpace {
  /** Absolute path of the descriptor, symlinks resolved. */
  readonly path: string;
  readonly accepted: boolean;
  readonly guid: Guid;
  readonly clusterBytes: Bytes;
  readonly fileSystems: readonly FreeFileSystem[];
  /** Of the snapshot, base first; the last one is that which the disk writes to. */
  readonly images: readonly CompactImage[];
  /** In all images. */
  readonly held: Bytes;
  /**
   * In the top delta: what `ploop-balloon discard` and `vzctl compact` could return. Images below are never written to,
   * so the rest comes back only when the snapshots that keep it are deleted or merged.
   */
  readonly returned: Bytes;
  readonly diagnostics: readonly Diagnostic[];
}

/** How to look for it. */
export interface CompactSpaceOptions extends ConfineOptions {
  /** Ends it, which throws the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * What the file systems of a disk have free and its images still hold: the map of free space of ext2, ext3, ext4 and XFS
 * beside the block tables. Reads the top; counts whole clusters. Journals of ext are replayed in memory; the log of XFS
 * is not, and `LOG_NOT_REPLAYED` says that the numbers may be those of some time before.
 *
 * @param path - The descriptor, or the directory that holds it.
 * @throws DescriptorError as {@link openSnapshot}; the reason of `signal`.
 */
export async function compactSpace(
  path: string,
  options: CompactSpaceOptions = {},
): Promise<CompactSpace> {
  requireCall(OFFLINE.compactSpace, [path, options]);
  const { signal, confine } = options;
  signal?.throwIfAborted();
  await using snapshot = await openSnapshot(path, undefined, { confine });
  const { clusterBytes, size, guid, accepted } = snapshot;
  const free = await freeOnDisk((target, position) => snapshot.readInto(target, position), size, {
    least: clusterBytes,
    signal,
  });
  const images = await imagesOf(snapshot, free.runs, signal);
  await snapshot.checkUnchanged();
  const tops = new Set(snapshot.parts.map(({ layers }) => layers.at(-1)));
  const isTop = (index: number): boolean => tops.has(snapshot.layers[index]);
  return {
    ...{ path: snapshot.path, accepted, guid, clusterBytes, images },
    fileSystems: free.fileSystems,
    held: sumOf(images),
    returned: sumOf(images.filter((_, index) => isTop(index))),
    diagnostics: [...snapshot.diagnostics, ...free.diagnostics],
  };
}

function sumOf(images: readonly CompactImage[]): Bytes {
  return bytes(images.reduce((sum, { held = 0 }) => sum + held, 0));
}

async function imagesOf(
  { parts, layers, images }: Snapshot,
  runs: readonly FreeRun[],
  signal: AbortSignal | undefined,
): Promise<readonly CompactImage[]> {
  const counted = new Map<ChainLayer, Held>();
  for (const part of parts)
    for (const run of runs) {
      signal?.throwIfAborted();
      await countRun(part, run, counted);
    }
  return images.map(({ guid, path }, index) => {
    const layer = layers[index];
    if (layer === undefined || layoutOf(layer) === undefined)
      return { guid, file: path, held: undefined, shown: undefined };
    const { held, shown } = counted.get(layer) ?? { held: 0, shown: 0 };
    return { guid, file: path, held: bytes(held), shown: bytes(shown) };
  });
}

interface Held {
  held: number;
  shown: number;
}

/** Counts the clusters of a part of the disk that are free as a whole. */
async function countRun(
  { start, end, clusterBytes, layers }: ChainPart,
  run: FreeRun,
  counted: Map<ChainLayer, Held>,
): Promise<void> {
  const first = Math.ceil((Math.max(run.start, start) - start) / clusterBytes);
  const last = Math.floor((Math.min(run.end, end) - start) / clusterBytes);
  for (let from = first; from < last; from += BAT_PIECE_ENTRIES) {
    const count = Math.min(BAT_PIECE_ENTRIES, last - from);
    const isHidden = new Uint8Array(count);
    for (const layer of layers.toReversed()) {
      const { source } = layer;
      const layout = layoutOf(layer);
      const there = layout === undefined ? 0 : Math.min(count, layout.clusters - from);
      if (there <= 0) continue;
      const sums = counted.get(layer) ?? { held: 0, shown: 0 };
      counted.set(layer, sums);
      for (const [index, entry] of (await readBat(source, from, there)).entries()) {
        if (entry === 0) continue;
        sums.held += clusterBytes;
        if (isHidden[index] === 0) sums.shown += clusterBytes;
        isHidden[index] = 1;
      }
    }
  }
}

/** The table of an image of ploop; other formats are not counted. */
function layoutOf({ description }: ChainLayer): ImageLayout | undefined {
  return description.format === 'ploop' ? description.layout : undefined;
}
