import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { DescriptorError } from '../errors.ts';
import { isBase } from '../graph/node.ts';
import { comparePlace } from '../image/check-chain.ts';
import { checkImage, type ImageCheck } from '../image/check-image.ts';
import type { SpaceLayer } from '../space/layer.ts';
import { bytes as toByteCount, isClusterSize, SECTOR_SIZE, type Bytes } from '../units.ts';
import { isTold } from './check-images.ts';
import type { Confinement } from './confine.ts';
import { ofVolume, type LoadedDisk } from './load-disk.ts';
import { openNamedImage, type ImageFile } from './open-image.ts';
import { placedImages, type PlacedImage } from './placed-images.ts';

/** An image of a disk, open and checked. */
export interface OpenedImage {
  readonly placed: PlacedImage;
  readonly source: ImageFile;
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
  const sources: ImageFile[] = [];
  const opened: OpenedImage[] = [];
  const diagnostics: Diagnostic[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(sources.map((source) => source.close()));
  };
  try {
    for (const placed of placedImages(loaded)) {
      const { rawBase, node, stated, volume } = placed;
      // Named by findings already, and not to be opened.
      if (isTold(around, placed)) continue;
      try {
        const source = await openNamedImage(placed, confinement);
        sources.push(source);
        const { blocks } = await source.statusNow();
        const stored = toByteCount(Number(blocks) * SECTOR_SIZE);
        const check = await checkImage(source, { rawBase, stored, signal });
        const place = comparePlace(check, node !== undefined && isBase(node), stated);
        diagnostics.push(...ofVolume(volume, [...check.diagnostics, ...place]));
        const isSound = place.every(({ severity }) => severity !== 'error');
        const layer = isSound ? layerOf(source, check, stated.blockSize) : undefined;
        opened.push({ placed, source, check, stored, layer });
      } catch (error) {
        if (!(error instanceof DescriptorError)) throw error;
        diagnostics.push(...ofVolume(volume, error.diagnostics));
      }
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { opened, diagnostics, close };
}

function layerOf(
  source: ImageFile,
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
