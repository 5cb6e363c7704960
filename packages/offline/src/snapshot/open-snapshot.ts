import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

import {
  type Diagnostic,
  DescriptorError,
  type Guid,
  type DiskDescriptor,
  resolveFile,
} from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import {
  READING,
  perform,
  webStreamOf,
  hintedTogether,
  runAsync,
  storagesOf,
} from '@ploop/descriptor/internal';
import { type Confinement, sameIdentity, type FileIdentity } from '@ploop/descriptor/node';
import { isGone } from '@ploop/descriptor/node/internal';
import {
  chunks,
  extents,
  type Extent,
  type ExtentOptions,
  hashChain,
  type Chain,
} from '@ploop/image';
import { type OpenFile, openParts } from '@ploop/image/internal';

import { OFFLINE } from '../arguments.ts';
import { rivalsOf } from '../beside/rivals-of.ts';
import { backingPath } from '../disk/backing-path.ts';
import { createImageSet, type ImageSet, type SetImage } from '../disk/image-set.ts';
import { imageChanged } from '../disk/seen-image.ts';
import {
  snapshotFiles,
  sourceParts,
  type SnapshotFiles,
  type SnapshotImage,
  type SnapshotOptions,
} from '../disk/snapshot-files.ts';
import { explainGone } from './explain-gone.ts';
import { explainNoImage } from './explain-no-image.ts';
import { sharedFindings, sizedChain } from './snapshot-findings.ts';

/** One image of a snapshot that is open. */
export interface OpenImage extends SnapshotImage {
  /** Of the file at the time it was opened. */
  readonly identity: FileIdentity;
}

/** How to open a snapshot. */
export interface OpenSnapshotOptions extends SnapshotOptions {
  /**
   * Read encrypted content as what is stored: ciphertext. Default: false; everything that returns content (`read`,
   * `readInto`, streams, `hash`) then fails with `CONTENT_ENCRYPTED`. What looks at block tables alone, such as `extents`
   * and `diffSnapshots`, works either way.
   */
  readonly ciphertext?: boolean;
}

/** A snapshot that is open for reading. */
export interface Snapshot extends Chain {
  readonly guid: Guid;
  /** The ID of the snapshot inside the qcow2 image that is read, if one was asked for. */
  readonly inside?: string;
  /** Whether the disk writes to it: what is read of it is a hint as long as a device runs. */
  readonly live: boolean;
  /** In the order of `layers`. */
  readonly images: readonly OpenImage[];
  /** Whether the base is a bare disk, as the descriptor says that it belongs to; of a split disk that of its first part. */
  readonly rawBase: boolean;
  /** Whether encrypted content is read as what is stored. */
  readonly ciphertext: boolean;
  /** All of the disk, this snapshot and others. */
  readonly descriptor: DiskDescriptor;
  /** Whether the tool accepts the descriptor. It refuses split disks, which can be read here. */
  readonly accepted: boolean;
  /** Absolute path of the descriptor, symlinks resolved. */
  readonly path: string;
  /** Where relative image names start. */
  readonly directory: string;
  /** Where the files are allowed to be. */
  readonly confinement: Confinement;
  /** Absolute paths of the descriptors of parent volumes, the nearest first. */
  readonly volumes: readonly string[];
  /** Where the bytes are, without reading data: allocated in which image, or zero. In order. */
  readonly extents: (options?: ExtentOptions) => AsyncGenerator<Extent, void, undefined>;
  /**
   * The bytes as a stream of Node; it fails with `IMAGE_CHANGED` at its end if an image was written to. As everywhere
   * here, `end` is the first byte that is not part of it any more.
   */
  readonly createReadStream: (options?: ExtentOptions) => Readable;
  /** The bytes as a web stream, which fails as that of Node does. */
  readonly createWebStream: (options?: ExtentOptions) => ReadableStream<Uint8Array>;
  /** SHA-256 of the bytes in hex, zeros and all. Rejects with `IMAGE_CHANGED` if an image was written to. */
  readonly hash: (options?: ExtentOptions) => Promise<string>;
  /**
   * Makes sure that nobody has written to the images since they were opened.
   *
   * @throws DescriptorError with code `IMAGE_CHANGED`.
   */
  readonly checkUnchanged: () => Promise<void>;
  /** Closes the images when the reads that have begun have settled. Reads that begin later fail. */
  readonly close: () => Promise<void>;
  /** Closes the images, for `await using`. */
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/**
 * Opens a snapshot of a disk for reading, as one device would show it: no driver, no tool, no root. The images are
 * never written to. Snapshots below the top can be read while a device runs on the disk; of the top, `diagnostics`
 * says that it is in use. Encrypted content is not returned unless `ciphertext` asks for it.
 *
 * At most 32 images are open at a time: of a longer chain, those that were read last. An image that is opened again must
 * be the same file in the same state, or reading throws `IMAGE_CHANGED`; the top of a disk may change meanwhile.
 *
 * @param path - The descriptor, or the directory that holds it.
 * @param guid - The snapshot; the top where it is left out.
 * @throws DescriptorError with the code of what is wrong with the descriptor, the chain or an image; `DELTA_MISSING` or
 * `SPARE_DELTA_MISSING` if the file of an image is not there;
 * `TOO_MANY_OPEN_FILES`, here or when reading, if the system allows no more open files.
 */
export async function openSnapshot(
  path: string,
  guid?: string,
  given: OpenSnapshotOptions = {},
): Promise<Snapshot> {
  requireCall(OFFLINE.openSnapshot, [path, guid, given]);
  const { ciphertext = false, ...options } = given;
  try {
    return await openFiles(await snapshotFiles(path, guid, options), ciphertext);
  } catch (error) {
    // The descriptor may have been replaced since it was read: a merge takes a file away right after that.
    if (!(error instanceof DescriptorError) || !isGone(error.cause))
      throw await explainNoImage(path, error, options);
    return await openAgain(path, guid, options, ciphertext);
  }
}

async function openAgain(
  path: string,
  guid: string | undefined,
  options: SnapshotOptions,
  ciphertext: boolean,
): Promise<Snapshot> {
  try {
    return await openFiles(await snapshotFiles(path, guid, options), ciphertext);
  } catch (error) {
    throw await explainGone(path, guid, error, options);
  }
}

/** Refuses content that is encrypted, as findings about it say. */
export function refuseEncrypted(diagnostics: readonly Diagnostic[]): void {
  const finding = diagnostics.find(({ code }) => code === 'CONTENT_ENCRYPTED');
  if (finding !== undefined) throw new DescriptorError([finding]);
}

async function openFiles(files: SnapshotFiles, ciphertext: boolean): Promise<Snapshot> {
  const { images, parts, live, confinement, directory } = files;
  // Before images are opened, which leave no descriptor free where few are allowed.
  const { path, descriptor } = files;
  const named = storagesOf(descriptor).flatMap((storage) => storage.images);
  const beside = named.map(({ file }) => resolveFile(directory, file));
  const rivals = await runAsync(rivalsOf({ path, directory, images: beside, confinement }));
  const set = createImageSet(images.length, confinement);
  const tops = new Set(live ? parts.map((part) => part.images.at(-1)) : []);
  const sources: SetImage[] = [];
  try {
    for (const image of images) {
      const { guid, path } = image;
      sources.push(await set.open({ guid, file: path, directory }, tops.has(image)));
    }
    const openFile: OpenFile = (name, of) =>
      perform({
        sync: () => {
          throw new TypeError('a snapshot is opened without blocking');
        },
        async: async () => {
          const file = backingPath(name, of.file);
          const source = await set.open({ guid: files.guid, file, directory }, false);
          sources.push(source);
          return source;
        },
      });
    const chain = await openParts(sourceParts(files.parts, sources, openFile));
    const sized = await sizedChain(files, chain, sources[0]);
    const shared = sharedFindings(files, sources);
    const diagnostics = hintedTogether([...rivals, ...sized.diagnostics, ...shared]);
    return snapshotOf(files, { ...sized, diagnostics }, sources, ciphertext, set);
  } catch (error) {
    await set.close();
    throw error;
  }
}

function snapshotOf(
  files: SnapshotFiles,
  chain: Chain,
  sources: readonly SetImage[],
  ciphertext: boolean,
  { close }: ImageSet,
): Snapshot {
  const { images, guid, live, rawBase, descriptor, path, directory } = files;
  const { accepted, confinement, volumes } = files;
  const inside = files.parts[0]?.alone?.snapshot;
  const diagnostics = [...files.diagnostics, ...chain.diagnostics];
  const readable = (): Chain => {
    if (!ciphertext) refuseEncrypted(diagnostics);
    return chain;
  };
  const checkUnchanged = async (): Promise<void> => {
    for (const { file, identity, identityNow } of sources)
      if (!sameIdentity(identity, await identityNow())) throw imageChanged(file);
  };
  // What was read before and after a write is the content of no moment.
  async function* checkedChunks(
    content: Chain,
    options?: ExtentOptions,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    yield* chunks(content, options);
    await checkUnchanged();
  }
  return {
    ...chain,
    ...{ guid, live, rawBase, descriptor, accepted, path, directory, confinement, volumes },
    ...{ diagnostics, ciphertext },
    ...(inside !== undefined && { inside }),
    read: async (position, length) => readable().read(position, length),
    readInto: async (target, position) => readable().readInto(target, position),
    images: images.flatMap((image, index) => {
      const identity = sources[index]?.identity;
      return identity === undefined ? [] : [{ ...image, identity }];
    }),
    extents: (options) => extents(chain, options),
    createReadStream: (options) =>
      Readable.from(checkedChunks(readable(), options), { objectMode: false }),
    createWebStream: (options) => {
      requireCall(READING.createWebStream, [chain, options]);
      return webStreamOf(checkedChunks(readable(), options));
    },
    hash: async (options) => {
      const hash = createHash('sha256');
      await hashChain(readable(), hash, options);
      await checkUnchanged();
      return hash.digest('hex');
    },
    checkUnchanged,
    close,
    [Symbol.asyncDispose]: close,
  };
}
