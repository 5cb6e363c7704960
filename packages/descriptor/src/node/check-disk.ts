import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { DescriptorError } from '../errors.ts';
import type { SnapshotGraph } from '../graph/build.ts';
import { isBase, type SnapshotNode } from '../graph/node.ts';
import type { Guid } from '../guid.ts';
import { compareImages, comparePlace, compareSize } from '../image/check-chain.ts';
import { checkImage, type CheckImageOptions, type ImageCheck } from '../image/check-image.ts';
import type { DiskDescriptor, Image } from '../model.ts';
import { checkFiles } from './check-files.ts';
import { isTold } from './check-images.ts';
import { status } from './files.ts';
import { loadDescriptor, readable, type LoadedDescriptor } from './load-descriptor.ts';
import { openImageFile } from './open-image.ts';
import { placedImages } from './placed-images.ts';
import { runAsync } from '../steps.ts';

/** One image of a disk, checked. */
export interface DiskImageCheck extends ImageCheck {
  readonly guid: Guid;
}

/** Everything that is wrong with a disk. */
export interface DiskCheck {
  readonly loaded: LoadedDescriptor;
  /** Those that could be read, in the order of the descriptor. */
  readonly images: readonly DiskImageCheck[];
  /** Of the descriptor, of the directory, then of the images in the order of the descriptor. */
  readonly diagnostics: readonly Diagnostic[];
}

/** How to check a disk. */
export interface CheckDiskOptions {
  /** Whether to read the BATs as well, all of them. Default: no. */
  readonly deep?: boolean;
  /** Ends the check, which throws the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

const SECTOR = 512n;

/**
 * Checks a disk, and changes nothing: the descriptor against itself, against its directory, against the headers of all
 * images, branches that the top does not need included, and the images against each other. With `deep` the BATs as
 * well, which takes time proportional to their size. Images of parent volumes are not looked at.
 *
 * @param path - The descriptor, or the directory that holds it.
 * @throws DescriptorError with code `FILE_UNREADABLE` where there is no descriptor; the reason of `signal`.
 */
export async function checkDisk(
  path: string,
  { deep = false, signal }: CheckDiskOptions = {},
): Promise<DiskCheck> {
  const loaded = await loadDescriptor(path);
  const { descriptor, graph } = loaded;
  const around = await checkFiles(loaded, { signal });
  const findings = [...loaded.diagnostics, ...around];
  if (descriptor === undefined || graph === undefined)
    return { loaded, images: [], diagnostics: findings };

  const checks = new Map<Image, DiskImageCheck>();
  for (const { image, file, rawBase } of placedImages(loaded)) {
    signal?.throwIfAborted();
    try {
      checks.set(image, {
        ...(await checkFile(file, { deep, rawBase, signal })),
        guid: image.guid,
      });
    } catch (error) {
      if (!(error instanceof DescriptorError)) throw error;
      if (!isTold(around, file)) findings.push(...error.diagnostics);
    }
  }
  for (const { diagnostics } of checks.values()) findings.push(...diagnostics);
  findings.push(...between(descriptor, graph, checks));
  return { loaded, images: [...checks.values()], diagnostics: findings };
}

async function checkFile(file: string, options: CheckImageOptions): Promise<ImageCheck> {
  const source = await openImageFile(file);
  try {
    const check = await checkImage(source, options);
    const { blocks, size } = await runAsync(readable(file, status(file)));
    const isSparse = check.description.format === 'ploop' && blocks * SECTOR < size;
    const [bytes, allocated] = [Number(size), Number(blocks * SECTOR)];
    return isSparse
      ? {
          ...check,
          diagnostics: [
            ...check.diagnostics,
            diagnostic('FILE_SPARSE', { file, bytes, allocated }),
          ],
        }
      : check;
  } finally {
    await source.close();
  }
}

/** What does not fit between the images, and between them and the descriptor. */
function between(
  descriptor: DiskDescriptor,
  graph: SnapshotGraph,
  checks: ReadonlyMap<Image, ImageCheck>,
): readonly Diagnostic[] {
  const checkOf = (node: SnapshotNode | undefined): ImageCheck | undefined =>
    node?.image === undefined ? undefined : checks.get(node.image);
  const findings = graph.nodes.flatMap((node) => {
    const check = checkOf(node);
    if (check === undefined) return [];
    const parent = isBase(node) ? undefined : checkOf(graph.node(node.parentGuid));
    return [...comparePlace(check, isBase(node), descriptor), ...compareImages(parent, check)];
  });
  return [...findings, ...compareSize(checkOf(graph.top), descriptor)];
}
