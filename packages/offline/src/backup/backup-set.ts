import { createHash } from 'node:crypto';
import { basename } from 'node:path';

import {
  diagnostic,
  type Diagnostic,
  DescriptorError,
  NIL_GUID,
  sameGuid,
  TOP_GUID,
  type Guid,
  type DiskDescriptor,
  type DiskMode,
  type Geometry,
  type Image,
  type StoragePart,
  serializeDescriptor,
  SECTOR_SIZE,
  sectors,
  type Sectors,
} from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import { readFully, type ImageSource } from '@ploop/descriptor/internal';
import { geometryOf } from '@ploop/image/internal';

import { OFFLINE } from '../arguments.ts';
import type { SnapshotOptions } from '../disk/snapshot-files.ts';
import { snapshotLosses } from '../export/snapshot-losses.ts';
import { truncatedContent } from '../export/truncated-content.ts';
import { openSnapshot, type OpenImage, type Snapshot } from '../snapshot/open-snapshot.ts';
import { isReserved, nameKey } from './names.ts';

/** One file of a backup. */
export interface BackupFile {
  /** Of the image on the disk that was backed up. */
  readonly guid: string;
  /** Where it is on that disk: absolute. */
  readonly source: string;
  /** How it is called in the directory of the backup. */
  readonly name: string;
  /** Size of the file. */
  readonly bytes: number;
  /** When it was last written to, in nanoseconds since 1970, as a decimal text. */
  readonly modified: string;
  /** In hex, where it was asked for. */
  readonly sha256?: string;
}

/** All that makes up a snapshot at another place. JSON can hold it; {@link parseBackupSet} reads it back. */
export interface BackupSet {
  readonly format: 'ploop-backup';
  readonly version: 1;
  /** The snapshot. */
  readonly guid: string;
  /** Virtual size of the disk in bytes. */
  readonly size: number;
  /** Base first: the order to copy them in. Of a split disk those of its first part, then those of the next one. */
  readonly files: readonly BackupFile[];
  /** To be written last, as `DiskDescriptor.xml`: a disk of these files, whose state is that of the snapshot. */
  readonly descriptor: string;
  /**
   * Findings about the content of a new set, such as `BASE_SHORTER` or `FILE_SYSTEM_TRUNCATED`; with `damaged`, also the
   * losses. Absent if it is empty, and in a set that {@link parseBackupSet} returns.
   */
  readonly diagnostics?: readonly Diagnostic[];
}

/** How to make a backup set. */
export interface BackupOptions extends SnapshotOptions {
  /** Compute the SHA-256 of each file: it is read in whole. Default: false. */
  readonly hash?: boolean;
  /** Allow the top, which changes while a device runs on the disk. Default: false. */
  readonly top?: boolean;
  /** Make a set of a snapshot that has lost content, too; `diagnostics` says what is lost. Default: false. */
  readonly damaged?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * The files that make up a snapshot, and the descriptor that makes them a disk where they are copied to. The live top
 * is not among them: it is refused unless it is asked for. So is a snapshot that has lost content, which would take the
 * place of a good copy in the next backup: see {@link snapshotLosses}. Data are read for `hash` only.
 *
 * @throws DescriptorError with code `BACKUP_OF_TOP`, `IMAGE_UNSUPPORTED` for qcow2 images, which no descriptor can name,
 * `IMAGE_CHANGED` if an image was written to meanwhile, the code of what is lost unless `damaged` allows it, such as
 * `BASE_TRUNCATED`, `IMAGE_TRUNCATED`, `STORAGE_IMAGE_SIZE`, `CLUSTER_BEYOND_END` or `BAT_LOST`, and as {@link openSnapshot}.
 */
export async function backupSet(
  path: string,
  guid: string,
  given: BackupOptions = {},
): Promise<BackupSet> {
  requireCall(OFFLINE.backupSet, [path, guid, given]);
  const { hash = false, top = false, damaged = false, signal, ...options } = given;
  const snapshot = await openSnapshot(path, guid, options);
  try {
    if (snapshot.live && !top)
      throw new DescriptorError([diagnostic('BACKUP_OF_TOP', { guid: snapshot.guid })]);
    for (const { description, source } of snapshot.layers)
      if (description.format === 'qcow2')
        throw new DescriptorError([
          diagnostic('IMAGE_UNSUPPORTED', { file: source.file, format: description.format }),
        ]);
    const losses = await snapshotLosses(snapshot, { ...(signal && { signal }) });
    const [loss, ...others] = losses;
    if (loss !== undefined && !damaged) throw new DescriptorError([loss, ...others]);
    const names = uniqueNames(snapshot.images);
    const files: BackupFile[] = [];
    for (const [index, image] of snapshot.images.entries()) {
      const name = names[index] ?? '';
      const source = snapshot.layers[index]?.source;
      const sha256 = hash && source !== undefined ? await hashFile(source, signal) : undefined;
      files.push(backupFile(image, name, sha256));
    }
    await snapshot.checkUnchanged();
    const { size, guid: backedUp } = snapshot;
    const descriptor = descriptorOf(snapshot, names);
    const diagnostics = await findingsOf(snapshot, losses);
    return {
      ...{ format: 'ploop-backup', version: 1, guid: backedUp, size, files, descriptor },
      ...(diagnostics.length > 0 && { diagnostics }),
    };
  } finally {
    await snapshot.close();
  }
}

/** Warnings and errors. The guest decides where its file systems end: that refuses no backup. */
async function findingsOf(
  snapshot: Snapshot,
  losses: readonly Diagnostic[],
): Promise<readonly Diagnostic[]> {
  const known = snapshot.diagnostics.filter(
    (finding) => finding.severity !== 'info' && !losses.includes(finding),
  );
  return [...known, ...losses, ...(await truncatedContent(snapshot, snapshot.size))];
}

function backupFile(
  { guid, path, identity }: OpenImage,
  name: string,
  sha256?: string,
): BackupFile {
  return {
    guid,
    source: path,
    name,
    bytes: Number(identity.size),
    modified: String(identity.mtimeNs),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
}

/** Images of parent volumes come from other directories, where names can be the same. */
function uniqueNames(images: readonly OpenImage[]): readonly string[] {
  const taken = new Set<string>();
  return images.map(({ path }, index) => {
    let name = basename(path);
    while (isReserved(name) || taken.has(nameKey(name))) name = `${String(index)}-${name}`;
    taken.add(nameKey(name));
    return name;
  });
}

/** The chain alone, its last image the top: what a tool mounts there is the state of the snapshot. */
function descriptorOf(snapshot: Snapshot, names: readonly string[]): string {
  const { descriptor, guid } = snapshot;
  const named = (one: Guid): Guid => (sameGuid(one, guid) ? TOP_GUID : one);
  const lists = imagesByPart(snapshot, names);
  const [images = []] = lists;
  const storages = descriptor.storages?.map((part, index): StoragePart => ({
    ...part,
    images: imagesOf(lists[index] ?? [], named),
  }));
  return serializeDescriptor({
    ...withoutVolume(descriptor),
    size: sizeOf(snapshot),
    geometry: geometryFor(snapshot),
    mode: modeOf(snapshot),
    topGuid: TOP_GUID,
    images: imagesOf(images, named),
    ...(storages !== undefined && { storages }),
    shots: images.map(({ guid: one }, index) => ({
      guid: named(one),
      parentGuid: images[index - 1]?.guid ?? NIL_GUID,
      temporary: false,
    })),
  });
}

interface NamedImage {
  readonly guid: Guid;
  readonly file: string;
}

/** By part of the disk, base first. */
function imagesByPart(
  { images, parts }: Snapshot,
  names: readonly string[],
): readonly (readonly NamedImage[])[] {
  const all = images.map(({ guid }, index) => ({ guid, file: names[index] ?? '' }));
  let next = 0;
  return parts.map(({ layers }) => {
    const first = next;
    next += layers.length;
    return all.slice(first, next);
  });
}

/** Their types are written as the mode asks for. */
function imagesOf(images: readonly NamedImage[], named: (guid: Guid) => Guid): readonly Image[] {
  return images.map(({ guid, file }) => ({ guid: named(guid), type: 'Compressed', file }));
}

/**
 * The disk may have grown since: an older snapshot has its own size. A bare disk may end within a sector. The end that was
 * cut off a bare disk counts, so that the restored disk is one that was cut.
 */
function sizeOf({ descriptor, guid, size, parts }: Snapshot): Sectors {
  const { topGuid, storages } = descriptor;
  const isTop = topGuid !== undefined && sameGuid(guid, topGuid);
  if (isTop || storages !== undefined) return descriptor.size;
  const end = parts.at(-1)?.missing?.end ?? size;
  return sectors(Math.floor(end / SECTOR_SIZE));
}

/** It states how long a bare base was when it was made. That of a volume says nothing of the base of its parent. */
function geometryFor({ descriptor, volumes, layers: [base], rawBase }: Snapshot): Geometry {
  const { geometry } = descriptor;
  if (!rawBase || volumes.length === 0 || base === undefined) return geometry;
  return { ...geometry, ...geometryOf(Math.floor(base.source.bytes / SECTOR_SIZE)) };
}

/** The base may be that of a parent volume, which says itself whether it is a bare disk. */
function modeOf({ descriptor: { mode }, rawBase }: Snapshot): DiskMode {
  if (rawBase) return 'raw';
  return mode === 'raw' ? 'expanded' : mode;
}

/** The files of parent volumes lie beside the others then. */
function withoutVolume(descriptor: DiskDescriptor): DiskDescriptor {
  const { root, size, blockSize, mode, geometry } = descriptor;
  const { maxDeltaSize, encryptionKeyId, desktopEncryption } = descriptor;
  return {
    ...{ root, size, blockSize, mode, geometry, images: [], shots: [] },
    ...(maxDeltaSize === undefined ? {} : { maxDeltaSize }),
    ...(encryptionKeyId === undefined ? {} : { encryptionKeyId }),
    ...(desktopEncryption === undefined ? {} : { desktopEncryption }),
  };
}

const PIECE_BYTES = 1 << 20;

/** The SHA-256 of an open file, in hex. */
export async function hashFile(
  source: ImageSource,
  signal: AbortSignal | undefined,
): Promise<string> {
  const hash = createHash('sha256');
  const buffer = new Uint8Array(PIECE_BYTES);
  for (let at = 0; at < source.bytes; at += PIECE_BYTES) {
    signal?.throwIfAborted();
    const piece = buffer.subarray(0, Math.min(PIECE_BYTES, source.bytes - at));
    await readFully(source, piece, at);
    hash.update(piece);
  }
  return hash.digest('hex');
}
