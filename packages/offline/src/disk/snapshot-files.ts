import {
  type DiagnosticCode,
  type Diagnostic,
  diagnostic,
  DescriptorError,
  imageList,
  sameGuid,
  type Guid,
  type SnapshotNode,
  type DiskDescriptor,
  type Image,
  type StoragePart,
  type Release,
  sectors,
  toBytes,
  type Bytes,
  type Sectors,
} from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import {
  encryptionOf,
  type ImageSource,
  runAsync,
  type Steps,
  partImages,
  rangeFaults,
} from '@ploop/descriptor/internal';
import type { Confinement, ConfineOptions } from '@ploop/descriptor/node';
import { confinementOf } from '@ploop/descriptor/node/internal';
import { refuseTooLong, type SourcePart } from '@ploop/image/internal';

import { OFFLINE } from '../arguments.ts';
import { doubtfulChain } from './doubtful-chain.ts';
import { diskAt, type LoadedDisk } from './load-disk.ts';
import { outsideImages } from './outside-images.ts';
import { placedImages } from './placed-images.ts';

/** One image of a snapshot and where it is. */
export interface SnapshotImage {
  readonly guid: Guid;
  /** Absolute path. */
  readonly path: string;
}

/** The files of a snapshot that hold a range of the disk: one `Storage` of a split disk, or all of it. */
export interface SnapshotPart {
  /** First byte of the disk. */
  readonly start: Bytes;
  /** First byte of the disk behind the part. Absent unless the disk is split: the images say it. */
  readonly end?: Bytes;
  /** Base first. */
  readonly images: readonly SnapshotImage[];
  /** Whether the base is a bare disk, as the descriptor says that it belongs to: the disk's own or a parent volume's. */
  readonly rawBase: boolean;
}

/** The files of a snapshot. */
export interface SnapshotFiles {
  readonly guid: Guid;
  /** Whether the disk writes to it: it is the top of the descriptor. */
  readonly live: boolean;
  /** Base first; of a split disk those of its first part, then those of the next one. */
  readonly images: readonly SnapshotImage[];
  /** In the order of the disk; one unless it is split. */
  readonly parts: readonly SnapshotPart[];
  /** That of the first part. */
  readonly rawBase: boolean;
  /**
   * What to know of the content: `CONTENT_ENCRYPTED`, `STORAGE_GAP` and `STORAGE_SIZE_DIFFERS`, if a descriptor says so, and `IMAGE_ALONE`
   * without one.
   */
  readonly diagnostics: readonly Diagnostic[];
  readonly descriptor: DiskDescriptor;
  /** Whether the tool accepts the descriptor. It refuses split disks, which can be read here. */
  readonly accepted: boolean;
  /** Absolute path of the descriptor, symlinks resolved. */
  readonly path: string;
  readonly directory: string;
  /** Where the files are allowed to be. */
  readonly confinement: Confinement;
  /** Absolute paths of the descriptors of parent volumes, the nearest first. */
  readonly volumes: readonly string[];
}

/** Which files to look for. */
export interface SnapshotOptions extends ConfineOptions {
  /** By whose rules file names are resolved. Default: 1.15, or 9 where the disk has parent volumes. */
  readonly release?: Release;
}

/**
 * The files that make up a snapshot, parent volumes followed; the top where no GUID is given.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`, with that of the finding for which there is no descriptor, or
 * with what is wrong in the chain: `SHOT_UNKNOWN`, `PARENT_UNKNOWN`, `PARENT_CYCLE`, `SHOT_WITHOUT_IMAGE`, `CHAIN_TOO_LONG`,
 * `VOLUME_…`, or with the parts of a split disk: `STORAGE_…`; with `DELTA_OUTSIDE` if an image is outside `confine`.
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
  options: SnapshotOptions = {},
): Steps<SnapshotFiles> {
  requireCall(OFFLINE.snapshotFiles, [path, guid, options]);
  const { release, confine } = options;
  const loaded = yield* diskAt(path, release, { confine });
  const { descriptor, graph, diagnostics, directory } = loaded;
  const wanted = guid ?? descriptor?.topGuid;
  if (descriptor === undefined || graph === undefined || wanted === undefined)
    throw failure(diagnostics);
  const list = imageList(graph, wanted);
  const volumes = diagnostics.filter(
    ({ code, severity }) => code.startsWith('VOLUME_') && severity === 'error',
  );
  if (list.diagnostics.length > 0)
    throw failure([...causes(list.diagnostics, diagnostics, guid), ...volumes]);
  const { storages } = descriptor;
  refuseTooLong(list.images.length * (storages?.length ?? 1));
  const places = new Map(placedImages(loaded, release).map((placed) => [placed.image, placed]));
  refuseUnjoinable(loaded);
  const lists =
    storages === undefined
      ? [{ start: sectors(0), images: list.images }]
      : storageLists(storages, graph.chain(wanted));
  const confinement = yield* confinementOf(directory, { confine });
  const chosen = lists.flatMap((part) => part.images.flatMap((image) => places.get(image) ?? []));
  const outside = yield* outsideImages(chosen, [...places.values()], confinement);
  if (outside.length > 0) throw failure(outside);
  const parts = lists.map(({ start, end, images }): SnapshotPart => {
    const placed = images.flatMap((image) => places.get(image) ?? []);
    return {
      start: toBytes(start),
      ...(end !== undefined && { end: toBytes(end) }),
      images: placed.map(({ image, file }) => ({ guid: image.guid, path: file })),
      rawBase: placed[0]?.rawBase === true,
    };
  });
  const images = parts.flatMap((part) => part.images);
  const found = images.at(-1);
  if (found === undefined) throw failure([diagnostic('SHOT_UNKNOWN', { guid: wanted })]);
  const rawBase = parts[0]?.rawBase === true;
  const { topGuid } = descriptor;
  const live = topGuid !== undefined && sameGuid(topGuid, found.guid);
  return {
    ...{ guid: found.guid, live, images, parts, rawBase, descriptor },
    accepted: loaded.accepted,
    ...{ path: loaded.path, directory, confinement },
    volumes: (loaded.parents ?? []).map((volume) => volume.path),
    diagnostics: [
      ...diagnostics.filter(({ code }) => KEPT.has(code)),
      ...encryptionFindings(loaded),
      ...doubtfulChain(
        diagnostics,
        images.map((image) => image.guid),
        live,
      ),
    ],
  };
}

/** The findings about a chain that is broken, or those about the descriptor that are their cause, as a check says it. */
function causes(
  broken: readonly Diagnostic[],
  diagnostics: readonly Diagnostic[],
  guid: string | undefined,
): readonly Diagnostic[] {
  const cause = (found: Diagnostic): Diagnostic => {
    const lost = diagnostics.find(
      (finding) =>
        finding.code === 'SHOT_LOST' && sameGuid(finding.data.guid, guidLacking(found) ?? ''),
    );
    const top =
      found.code === 'SHOT_UNKNOWN' && guid === undefined
        ? diagnostics.find(({ code }) => code === 'TOP_GUID_UNKNOWN' || code === 'COUNT_MISMATCH')
        : undefined;
    return lost ?? top ?? found;
  };
  return [...new Set(broken.map(cause))];
}

/** The shot that a chain does not find. */
function guidLacking({ code, data }: Diagnostic): string | undefined {
  if (code === 'SHOT_UNKNOWN') return data.guid;
  return code === 'PARENT_UNKNOWN' ? data.parentGuid : undefined;
}

/** Findings about a descriptor that say what its snapshots lack. The parts of a split disk are refused for these ranges. */
const KEPT: ReadonlySet<DiagnosticCode> = new Set([
  'IMAGE_ALONE',
  'IMAGE_MAYBE_DELTA',
  'STORAGE_GAP',
  'STORAGE_SIZE_DIFFERS',
]);

/** The whole chain is encrypted with what its descriptor says, and a parent volume may say it as well. */
function encryptionFindings({ descriptor, parents = [] }: LoadedDisk): readonly Diagnostic[] {
  const own = descriptor && encryptionOf(descriptor);
  if (own !== undefined) return [diagnostic('CONTENT_ENCRYPTED', own)];
  const above = parents
    .map((volume) => volume.descriptor && encryptionOf(volume.descriptor))
    .find((encryption) => encryption !== undefined);
  return above === undefined ? [] : [diagnostic('CONTENT_ENCRYPTED', above)];
}

/** The parts of a snapshot with the images of their files, which are in the order of {@link SnapshotFiles.images}. */
export function sourceParts(
  parts: readonly SnapshotPart[],
  sources: readonly ImageSource[],
): readonly SourcePart[] {
  let next = 0;
  return parts.map(({ images, ...part }) => {
    const first = next;
    next += images.length;
    return { ...part, sources: sources.slice(first, next) };
  });
}

interface PartList {
  readonly start: Sectors;
  readonly end?: Sectors;
  readonly images: readonly Image[];
}

function storageLists(
  storages: readonly StoragePart[],
  chain: readonly SnapshotNode[],
): readonly PartList[] {
  return storages.map((storage, index) => {
    const { images, missing } = partImages(storage, chain);
    if (missing !== undefined)
      throw failure([diagnostic('STORAGE_IMAGE_MISSING', { storage: index + 1, guid: missing })]);
    const { start = sectors(0), end } = storage;
    return { start, ...(end !== undefined && { end }), images };
  });
}

/** Parts that leave open what is where, and parts that no volume can have. */
function refuseUnjoinable({ descriptor, parents = [] }: LoadedDisk): void {
  const faults = descriptor === undefined ? [] : rangeFaults(descriptor);
  if (faults.length > 0) throw failure(faults);
  const isVolume = descriptor?.storages !== undefined && descriptor.volume !== undefined;
  if (isVolume || parents.some((parent) => parent.descriptor?.storages !== undefined))
    throw failure([diagnostic('STORAGE_SPLIT', { element: 'Storage' })]);
}

function failure(diagnostics: readonly Diagnostic[]): DescriptorError {
  const [first, ...rest] = diagnostics.filter(
    ({ severity, code }) => severity === 'error' || code === 'DESCRIPTOR_USABLE',
  );
  return new DescriptorError([first ?? diagnostic('TOP_GUID_MISSING', {}), ...rest]);
}
