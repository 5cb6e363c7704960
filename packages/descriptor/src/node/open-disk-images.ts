import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { DescriptorError } from '../errors.ts';
import { checkImage, type ImageCheck } from '../image/check-image.ts';
import type { Image } from '../model.ts';
import { resolveFile } from '../resolve-file.ts';
import type { SpaceLayer } from '../space/layer.ts';
import { bytes as toByteCount, SECTOR_SIZE, type Bytes } from '../units.ts';
import { status } from './files.ts';
import type { LoadedDescriptor } from './load-descriptor.ts';
import { openImageFile, type ImageFile } from './open-image.ts';
import { runAsync } from './steps.ts';

/** An image of a disk, open and checked. */
export interface OpenedImage {
  readonly image: Image;
  readonly source: ImageFile;
  readonly check: ImageCheck;
  readonly stored: Bytes;
  /** Absent where it cannot be read. */
  readonly layer: SpaceLayer | undefined;
}

/** Opens and checks all images that can be opened. */
export async function openDiskImages(
  { directory, descriptor }: LoadedDescriptor,
  images: readonly Image[],
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
    for (const image of images) {
      try {
        const source = await openImageFile(resolveFile(directory, image.file));
        sources.push(source);
        const check = await checkImage(source, { signal });
        diagnostics.push(...check.diagnostics);
        const { blocks } = await runAsync(status(source.file));
        const stored = toByteCount(Number(blocks) * SECTOR_SIZE);
        const layer = layerOf(source, check, descriptor?.blockSize ?? 0);
        opened.push({ image, source, check, stored, layer });
      } catch (error) {
        // What is missing or cannot be opened is told already.
        if (!(error instanceof DescriptorError)) throw error;
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
  if (description.format === 'raw')
    return { source, layout: undefined, clusters: Math.ceil(description.size / blockSize) };
  if (description.format !== 'ploop' || description.layout === undefined) return undefined;
  if (description.blockSize !== blockSize) return undefined;
  return { source, layout: description.layout, clusters: description.layout.clusters };
}
