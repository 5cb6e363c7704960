import {
  type Diagnostic,
  isBase,
  sameGuid,
  bytes as toByteCount,
  isClusterSize,
  SECTOR_SIZE,
  type Bytes,
} from '@ploop/descriptor';
import { append, findingsIn } from '@ploop/descriptor/internal';
import type { Confinement } from '@ploop/descriptor/node';
import { checkImage, type ImageCheck } from '@ploop/image';
import { comparePlace } from '@ploop/image/internal';

import { cutBaseFindings } from '../disk/cut-base.ts';
import { isTold } from '../check/check-images.ts';
import { withLostCause } from '../check/lost-cause.ts';
import { createImageSet, type SetImage } from '../disk/image-set.ts';
import { ofVolume, type LoadedDisk } from '../disk/load-disk.ts';
import { placedImages, type PlacedImage } from '../disk/placed-images.ts';
import { cutFiles } from './cut-files.ts';
import type { SpaceLayer } from './layer.ts';

/** An image of a disk, open and checked. */
export interface OpenedImage {
  readonly placed: PlacedImage;
  readonly source: SetImage;
  readonly check: ImageCheck;
  readonly stored: Bytes;
  /** Absent where it cannot be read. */
  readonly layer: SpaceLayer | undefined;
}

/** Opens and checks all images that can be opened; `around` is what is known of their files. */
export async function openDiskImages(
  loaded: LoadedDisk,
  around: readonly Diagnostic[],
  confinement: Confinement,
  signal: AbortSignal | undefined,
): Promise<{
  readonly opened: readonly OpenedImage[];
  readonly diagnostics: readonly Diagnostic[];
  readonly close: () => Promise<void>;
}> {
  const all = placedImages(loaded);
  const { open, close } = createImageSet(all.length, confinement);
  const opened: OpenedImage[] = [];
  const diagnostics: Diagnostic[] = [];
  try {
    for (const placed of all) {
      const { rawBase, node, stated, volume } = placed;
      // Named by findings already, and not to be opened.
      if (isTold(around, placed)) continue;
      try {
        const { topGuid } = placed.owner;
        const live = topGuid !== undefined && sameGuid(topGuid, placed.guid);
        const source = await open(placed, live);
        const { blocks } = await source.statusNow();
        const stored = toByteCount(Number(blocks) * SECTOR_SIZE);
        const disk = { descriptor: placed.owner, directory: placed.directory, confinement, signal };
        const found = await checkImage(source, { rawBase, stored, signal });
        const cut = rawBase && !live ? await cutBaseFindings(source, placed.owner) : [];
        const known = await withLostCause(found, placed, disk);
        const check = { ...known, diagnostics: [...known.diagnostics, ...cut] };
        const place = comparePlace(check, node !== undefined && isBase(node), stated);
        append(diagnostics, ofVolume(volume, [...check.diagnostics, ...place]));
        const isSound = place.every(({ severity }) => severity !== 'error');
        const layer = isSound ? layerOf(source, check, stated.blockSize) : undefined;
        opened.push({ placed, source, check, stored, layer });
      } catch (error) {
        append(diagnostics, ofVolume(volume, findingsIn(error)));
      }
    }
  } catch (error) {
    await close();
    throw error;
  }
  append(diagnostics, cutFiles(opened, diagnostics));
  return { opened, diagnostics, close };
}

function layerOf(
  source: SetImage,
  { description }: ImageCheck,
  blockSize: number,
): SpaceLayer | undefined {
  if (description.format === 'raw') {
    if (!isClusterSize(blockSize)) return undefined;
    return { source, layout: undefined, clusters: Math.ceil(description.size / blockSize) };
  }
  if (description.format !== 'ploop' || description.layout === undefined) return undefined;
  if (description.blockSize !== blockSize) return undefined;
  return { source, layout: description.layout, clusters: description.layout.clusters };
}
