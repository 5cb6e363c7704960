import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { DescriptorError, toBytes, type Sectors } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/internal';
import { lookAtEntry, namesIn, type FileLook } from '@ploop/descriptor/node/internal';
import { extents, openChain } from '@ploop/image';

import { openImageFile, type ImageFile } from '../disk/open-image.ts';

/** An image whose place in the graph is not known. */
export interface LostImage {
  readonly name: string;
  readonly source: ImageFile;
  /** Whether it is a bare disk, which only a base can be. */
  readonly isRaw: boolean;
  readonly size: Sectors;
  readonly blockSize: Sectors;
  readonly isInUse: boolean;
  /** Nanoseconds: when the file was made, as far as the file system knows, and when it was written. */
  readonly born: bigint;
  readonly written: bigint;
  /** The GUID in the name, in lower case with braces. */
  readonly guid: string | undefined;
  /** Whether the name says that it belongs above another image. */
  readonly isNamedDelta: boolean;
  /** Virtual clusters that it holds, ascending. */
  readonly clusters: readonly number[];
  /** Byte of the file at which a cluster begins; `undefined` if the image does not hold it. */
  readonly offsetOf: (cluster: number) => number | undefined;
}

/** What is in a directory that has lost its descriptor. */
export interface LostFiles {
  readonly images: readonly LostImage[];
  /** Files that hold a descriptor, whole as far as a model can be read. */
  readonly copies: readonly FileLook[];
  /** Names of images that cannot be read. */
  readonly unreadable: readonly string[];
}

const DELTA = /\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}/i;
/** More clusters are not distinguished. */
const MOST_CLUSTERS = 4_000_000;
const SECTOR = 512;

/** Opens every image of a directory for reading. Symlinks and files of other kinds are left out. */
export async function lostFiles(directory: string): Promise<LostFiles> {
  const looks: FileLook[] = [];
  for (const name of await runAsync(namesIn(directory))) {
    const look = await runAsync(lookAtEntry(directory, name, { within: directory }));
    if (look !== undefined && look.isEscaped !== true) looks.push(look);
  }
  const images: LostImage[] = [];
  const unreadable: string[] = [];
  for (const look of looks) {
    if (look.isImage !== true) continue;
    const image = await imageOf(directory, look);
    if (image === undefined) unreadable.push(basename(look.file));
    else images.push(image);
  }
  const raw = await rawBaseOf(looks, images);
  return {
    images: [...raw, ...images],
    copies: looks.filter(({ descriptor }) => descriptor !== undefined),
    unreadable,
  };
}

async function imageOf(
  directory: string,
  { file, header, inUse }: FileLook,
): Promise<LostImage | undefined> {
  if (header === undefined) return undefined;
  const source = await openImageFile(join(directory, basename(file)));
  try {
    const { clusters, offsets } = await clustersOf(source, toBytes(header.blockSize));
    const size = header.statedSize;
    const common = await commonOf(source, clusters, (cluster) => offsets.get(cluster));
    return { ...common, isRaw: false, size, blockSize: header.blockSize, isInUse: inUse === true };
  } catch (error) {
    await source.close();
    if (!(error instanceof DescriptorError)) throw error;
    return undefined;
  }
}

async function clustersOf(source: ImageFile, clusterBytes: number) {
  const offsets = new Map<number, number>();
  for await (const extent of extents(await openChain([source])))
    if (extent.allocated)
      for (
        let at = 0;
        at < extent.length && offsets.size < MOST_CLUSTERS;
        at += clusterBytes - ((extent.start + at) % clusterBytes)
      )
        offsets.set(Math.floor((extent.start + at) / clusterBytes), extent.offset + at);
  return { offsets, clusters: [...offsets.keys()] };
}

async function commonOf(
  source: ImageFile,
  clusters: readonly number[],
  offsetOf: LostImage['offsetOf'],
) {
  const { birthtimeNs: born, mtimeNs: written } = await stat(source.file, { bigint: true });
  const name = basename(source.file);
  const guid = DELTA.exec(name)?.[0].toLowerCase();
  return {
    ...{ name, source, born, written, guid, clusters, offsetOf },
    isNamedDelta: guid !== undefined,
  };
}

/** The only file that is as long as the disk and no image: a bare base, if there are deltas. */
async function rawBaseOf(
  looks: readonly FileLook[],
  images: readonly LostImage[],
): Promise<readonly LostImage[]> {
  const [first] = images;
  if (first === undefined || images.some(({ isNamedDelta }) => !isNamedDelta)) return [];
  const sizes = new Set(images.map(({ size }) => toBytes(size) as number));
  const bare = looks.filter(
    ({ kind, isImage, descriptor, bytes }) =>
      kind === undefined && isImage !== true && descriptor === undefined && sizes.has(bytes),
  );
  const [only, ...others] = bare;
  if (only === undefined || others.length > 0) return [];
  const source = await openImageFile(only.file);
  const clusterBytes = toBytes(first.blockSize);
  const clusters = Array.from({ length: Math.ceil(only.bytes / clusterBytes) }, (_, at) => at);
  const common = await commonOf(source, clusters, (cluster) =>
    cluster < clusters.length ? cluster * clusterBytes : undefined,
  );
  const size = (only.bytes / SECTOR) as Sectors;
  return [{ ...common, isRaw: true, size, blockSize: first.blockSize, isInUse: false }];
}
