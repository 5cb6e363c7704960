import { basename, dirname } from 'node:path';

import {
  diagnostic,
  type Diagnostic,
  DescriptorError,
  isClusterSize,
  parseDescriptor,
  SECTOR_SIZE,
  TOP_GUID,
} from '@ploop/descriptor';
import type { Steps } from '@ploop/descriptor/internal';
import type {
  ConfineOptions,
  Confinement,
  FileIdentity,
  LoadedDescriptor,
} from '@ploop/descriptor/node';
import { closeFile, confinementOf, inodeKey } from '@ploop/descriptor/node/internal';
import type { ImageDescription, InternalSnapshot } from '@ploop/image';
import { describedAt } from '@ploop/image/internal';

import { aloneDescriptor } from './alone-descriptor.ts';
import { backingPath } from './backing-path.ts';
import { namedImageAt } from './open-image.ts';

/** An image of no descriptor that is not of ploop, with the images below it. */
export interface AloneDisk {
  /** The snapshots inside the image. */
  readonly snapshots: readonly Pick<InternalSnapshot, 'id' | 'name'>[];
}

/** A disk that was read without a descriptor. */
export type LoadedAlone = LoadedDescriptor & { readonly alone: AloneDisk };

interface AloneFile {
  readonly file: string;
  readonly identity: FileIdentity;
  readonly description: ImageDescription;
  /** Whether it is a bare disk, whatever it begins with. */
  readonly isRaw: boolean;
}

/** Longer chains are refused: what `root.hdd` of any release can put together. */
const MOST_FILES = 256;
const DEFAULT_BLOCK_SIZE = 2048;
/** The smallest cluster of a qcow2 image, which holds its header. */
const LEAST_CLUSTER = 512;

/**
 * A qcow2 image or a bare disk as a disk of its own, as steps: the images of its backing chain are its snapshots, by the
 * GUIDs that release 9 gives them. `undefined` if findings about a path name none.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`, `DELTA_OUTSIDE` or `IMAGE_UNSUPPORTED`.
 */
export function* aloneOf(
  findings: readonly Diagnostic[],
  options: ConfineOptions,
): Steps<LoadedAlone | undefined> {
  for (const { code, data } of findings) {
    if (code === 'DESCRIPTOR_MISSING' && data.below === undefined && data.disks.length === 0) {
      const own = data.images.find(({ file }) => basename(file) === IMAGE_NAME);
      if (own?.kind === 'qcow2 image') return yield* aloneAt(own.file, options);
    }
    if (code !== 'PATH_NOT_DESCRIPTOR' || data.named === true) continue;
    if (isBare(data.file, data.kind)) return yield* aloneAt(data.file, options);
    if (data.kind === 'qcow2 image' && data.bytes >= LEAST_CLUSTER)
      return yield* aloneAt(data.file, options);
  }
  return undefined;
}

/** The image of a directory that release 9 takes for a disk without a descriptor. */
const IMAGE_NAME = 'root.hdd';

/** What is said of files that may be bare disks; the name decides. */
const BARE_KINDS: ReadonlySet<string> = new Set(['bare disk', 'file of zeros', 'file without XML']);

/** Whether a file is a bare disk by its name. Those of virtual machines of macOS are left to other software. */
function isBare(file: string, kind: string): boolean {
  return BARE_KINDS.has(kind) && /\.(?:raw|img)$/i.test(file) && !dirname(file).endsWith('.macvm');
}

function* aloneAt(file: string, { confine }: ConfineOptions): Steps<LoadedAlone> {
  const directory = dirname(file);
  const confinement = yield* confinementOf(directory, { confine });
  const files = yield* backingChain(file, directory, confinement);
  const [top, base] = [files[0], files.at(-1)];
  if (top === undefined || base === undefined) throw new TypeError('a disk has one file at least');
  const { description } = top;
  const sectors = sectorsOf(description);
  const parsed = parseDescriptor(
    aloneDescriptor({ files: files.toReversed(), sectors, blockSize: blockSizeOf(description) }),
  );
  const snapshots =
    description.format === 'qcow2' ? (description.details?.internalSnapshots ?? []) : [];
  const { format } = description;
  return {
    ...parsed,
    diagnostics: [
      diagnostic('IMAGE_ALONE', { file, sectors, ...(format !== 'ploop' && { format }) }),
    ],
    path: file,
    directory,
    identity: top.identity,
    alone: { snapshots },
  };
}

/** An image and its backing files, as far as they lead; the image first. */
function* backingChain(
  first: string,
  directory: string,
  confinement: Confinement,
): Steps<readonly AloneFile[]> {
  const files: AloneFile[] = [];
  const seen = new Set<string>();
  for (let file: string | undefined = first, isRaw = false; file !== undefined;) {
    const found: AloneFile = yield* aloneFile(file, directory, confinement, isRaw);
    const key = inodeKey(found.identity);
    if (seen.has(key) || files.length >= MOST_FILES)
      throw unsupported(first, 'a backing file that leads back to the image, or too many of them');
    seen.add(key);
    files.push(found);
    const details = found.description.format === 'qcow2' ? found.description.details : undefined;
    const backing = found.isRaw ? undefined : details?.backing;
    file = backing && backingPath(backing.name, file);
    isRaw = backing?.format === 'raw';
  }
  return files;
}

function* aloneFile(
  file: string,
  directory: string,
  confinement: Confinement,
  isRaw: boolean,
): Steps<AloneFile> {
  const source = yield* namedImageAt({ guid: TOP_GUID, file, directory }, confinement);
  try {
    const { description } = yield* describedAt(source, 'all');
    const { identity } = source;
    return { file, identity, description, isRaw: isRaw || description.format === 'raw' };
  } finally {
    yield* closeFile(source.fd);
  }
}

function unsupported(file: string, feature: string): DescriptorError {
  return new DescriptorError([diagnostic('IMAGE_UNSUPPORTED', { file, format: 'qcow2', feature })]);
}

/** Whole sectors of a disk; 1 if the header is damaged, which opening it reports. */
function sectorsOf(description: ImageDescription): number {
  const { format, size = 0 } = description;
  const count = format === 'qcow2' ? Math.ceil(Number(size) / SECTOR_SIZE) : Number(size);
  return Number.isSafeInteger(count * SECTOR_SIZE) ? Math.max(1, count) : 1;
}

/** Cluster size in sectors, if a descriptor can state it. */
function blockSizeOf(description: ImageDescription): number {
  const details = description.format === 'qcow2' ? description.details : undefined;
  const sectors = (details?.clusterBytes ?? 0) / SECTOR_SIZE;
  return isClusterSize(sectors) ? sectors : DEFAULT_BLOCK_SIZE;
}
