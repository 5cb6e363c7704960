import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { diagnostic } from '../diagnostics/diagnostic.ts';
import { DescriptorError } from '../errors.ts';
import { imageList } from '../graph/image-list.ts';
import { sameGuid, type Guid } from '../guid.ts';
import { refuseTooLong } from '../image/chain-layer.ts';
import type { DiskDescriptor } from '../model.ts';
import type { Release } from '../release.ts';
import { runAsync, type Steps } from '../steps.ts';
import { diskAt } from './load-disk.ts';
import { placedImages } from './placed-images.ts';

/** One image of a snapshot and where it is. */
export interface SnapshotImage {
  readonly guid: Guid;
  /** Absolute path. */
  readonly path: string;
}

/** The files of a snapshot. */
export interface SnapshotFiles {
  readonly guid: Guid;
  /** Whether the disk writes to it: it is the top of the descriptor. */
  readonly live: boolean;
  /** Base first. */
  readonly images: readonly SnapshotImage[];
  /** Whether the base is a bare disk, as the descriptor says that it belongs to: the disk's own or a parent volume's. */
  readonly rawBase: boolean;
  readonly descriptor: DiskDescriptor;
  /** Absolute path of the descriptor, symlinks resolved. */
  readonly path: string;
  readonly directory: string;
}

/** Which files to look for. */
export interface SnapshotOptions {
  /** By whose rules file names are resolved. Default: 1.15, or 9 where the disk has parent volumes. */
  readonly release?: Release;
}

/**
 * The files that make up a snapshot, parent volumes followed; the top where no GUID is given.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`, with that of the finding for which there is no descriptor, or
 * with what is wrong in the chain: `SHOT_UNKNOWN`, `PARENT_UNKNOWN`, `PARENT_CYCLE`, `SHOT_WITHOUT_IMAGE`, `CHAIN_TOO_LONG`,
 * `VOLUME_…`.
 */
export function snapshotFiles(
  path: string,
  guid?: string,
  options?: SnapshotOptions,
): Promise<SnapshotFiles> {
  return runAsync(snapshotFilesAt(path, guid, options));
}

/** {@link snapshotFiles} as steps. */
export function* snapshotFilesAt(
  path: string,
  guid?: string,
  { release }: SnapshotOptions = {},
): Steps<SnapshotFiles> {
  const loaded = yield* diskAt(path, release);
  const { descriptor, graph, diagnostics, directory } = loaded;
  const wanted = guid ?? descriptor?.topGuid;
  if (descriptor === undefined || graph === undefined || wanted === undefined)
    throw failure(diagnostics);
  const list = imageList(graph, wanted);
  const volumes = diagnostics.filter(
    ({ code, severity }) => code.startsWith('VOLUME_') && severity === 'error',
  );
  if (list.diagnostics.length > 0) throw failure([...list.diagnostics, ...volumes]);
  refuseTooLong(list.images.length);
  const places = new Map(placedImages(loaded, release).map((placed) => [placed.image, placed]));
  const placed = list.images.flatMap((image) => places.get(image) ?? []);
  const images = placed.map(({ image, file }) => ({ guid: image.guid, path: file }));
  const found = images.at(-1);
  if (found === undefined) throw failure([diagnostic('SHOT_UNKNOWN', { guid: wanted })]);
  const rawBase = placed[0]?.rawBase === true;
  const { topGuid } = descriptor;
  const live = topGuid !== undefined && sameGuid(topGuid, found.guid);
  return { guid: found.guid, live, images, rawBase, descriptor, path: loaded.path, directory };
}

function failure(diagnostics: readonly Diagnostic[]): DescriptorError {
  const [first, ...rest] = diagnostics.filter(({ severity }) => severity === 'error');
  return new DescriptorError([first ?? diagnostic('TOP_GUID_MISSING', {}), ...rest]);
}
