import {
  type Diagnostic,
  diagnostic,
  imageList,
  sameGuid,
  type Guid,
  type DiskDescriptor,
  type Release,
  sectors,
  toBytes,
  type Bytes,
} from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import { type ImageSource, runAsync, type Steps } from '@ploop/descriptor/internal';
import type { Confinement, ConfineOptions } from '@ploop/descriptor/node';
import { confinementOf } from '@ploop/descriptor/node/internal';
import { refuseTooLong, type OpenFile, type SourcePart } from '@ploop/image/internal';

import { OFFLINE } from '../arguments.ts';
import { causesOf } from './chain-causes.ts';
import { contentFindings } from './content-findings.ts';
import { diskAt, type LoadedDisk } from './load-disk.ts';
import { outsideImages } from './outside-images.ts';
import { partLists, refuseUnjoinable } from './part-lists.ts';
import { placedImages } from './placed-images.ts';
import { snapshotFailure } from './snapshot-failure.ts';

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
  /** First byte of the disk after the part. Absent unless the disk is split: the images say it. */
  readonly end?: Bytes;
  /** Base first. */
  readonly images: readonly SnapshotImage[];
  /** Whether the base is a bare disk, as the descriptor says that it belongs to: the disk's own or a parent volume's. */
  readonly rawBase: boolean;
  /** Present if no descriptor names the images. */
  readonly alone?: AloneSnapshot;
}

/** What is read of images that no descriptor names. */
export interface AloneSnapshot {
  /** The ID of a snapshot inside the top image. Absent: its current state. */
  readonly snapshot?: string;
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
   * What to know of the content: `CONTENT_ENCRYPTED`, `STORAGE_GAP` and `STORAGE_SIZE_DIFFERS`, if a descriptor says so,
   * `IMAGE_ALONE` without one, and `FILE_DUPLICATE`, `GUID_DUPLICATE` or `TOP_WITH_CHILDREN` if another chain may be meant.
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
  const inside = insideSnapshot(loaded, guid);
  const wanted = inside === undefined ? (guid ?? descriptor?.topGuid) : descriptor?.topGuid;
  if (descriptor === undefined || graph === undefined || wanted === undefined)
    throw snapshotFailure(diagnostics);
  const list = imageList(graph, wanted);
  const volumes = diagnostics.filter(
    ({ code, severity }) => code.startsWith('VOLUME_') && severity === 'error',
  );
  if (list.diagnostics.length > 0)
    throw snapshotFailure([...causesOf(list.diagnostics, diagnostics, guid), ...volumes]);
  const { storages } = descriptor;
  refuseTooLong(list.images.length * (storages?.length ?? 1));
  const places = new Map(placedImages(loaded, release).map((placed) => [placed.image, placed]));
  refuseUnjoinable(loaded);
  const lists =
    storages === undefined
      ? [{ start: sectors(0), images: list.images }]
      : partLists(storages, graph.chain(wanted));
  const confinement = yield* confinementOf(directory, { confine });
  const chosen = lists.flatMap((part) => part.images.flatMap((image) => places.get(image) ?? []));
  const outside = yield* outsideImages(chosen, [...places.values()], confinement);
  if (outside.length > 0) throw snapshotFailure(outside);
  const parts = lists.map(({ start, end, images }): SnapshotPart => {
    const placed = images.flatMap((image) => places.get(image) ?? []);
    return {
      start: toBytes(start),
      ...(end !== undefined && { end: toBytes(end) }),
      images: placed.map(({ image, file }) => ({ guid: image.guid, path: file })),
      rawBase: placed[0]?.rawBase === true,
      ...(loaded.alone && { alone: inside === undefined ? {} : { snapshot: inside } }),
    };
  });
  const images = parts.flatMap((part) => part.images);
  const found = images.at(-1);
  if (found === undefined) throw snapshotFailure([diagnostic('SHOT_UNKNOWN', { guid: wanted })]);
  const rawBase = parts[0]?.rawBase === true;
  const { topGuid } = descriptor;
  const live = topGuid !== undefined && sameGuid(topGuid, found.guid);
  return {
    ...{ guid: found.guid, live, images, parts, rawBase, descriptor },
    accepted: loaded.accepted,
    ...{ path: loaded.path, directory, confinement },
    volumes: (loaded.parents ?? []).map((volume) => volume.path),
    diagnostics: contentFindings(
      loaded,
      images.map((image) => image.guid),
      live,
    ),
  };
}

/** The ID of the snapshot inside a qcow2 image that is asked for by its ID or name, unless a GUID is. */
function insideSnapshot(
  { alone, graph }: LoadedDisk,
  wanted: string | undefined,
): string | undefined {
  if (alone === undefined || wanted === undefined || graph?.node(wanted) !== undefined)
    return undefined;
  const { snapshots } = alone;
  const found =
    snapshots.find(({ id }) => id === wanted) ?? snapshots.find(({ name }) => name === wanted);
  return found?.id;
}

/** The parts of a snapshot with the images of their files, which are in the order of {@link SnapshotFiles.images}. `openFile`: further files of images that no descriptor names. */
export function sourceParts(
  parts: readonly SnapshotPart[],
  sources: readonly ImageSource[],
  openFile?: OpenFile,
): readonly SourcePart[] {
  let next = 0;
  return parts.map(({ images, alone, ...part }) => {
    const first = next;
    next += images.length;
    const own = sources.slice(first, next);
    return {
      ...part,
      sources: own,
      ...(alone && { alone: { ...alone, ...(openFile && { openFile }) } }),
    };
  });
}
