import { constants, type BigIntStats } from 'node:fs';
import { join } from 'node:path';

import type { SnapshotGraph } from '../../graph/build.ts';
import { sameGuid } from '../../guid.ts';
import {
  HEADER_BYTES,
  parseImageHeader,
  versionOf,
  type ImageHeader,
} from '../../image-header/header.ts';
import { markIn } from '../../image-header/state-mark.ts';
import type { DiskDescriptor } from '../../model.ts';
import { parseDescriptor } from '../../parse.ts';
import { resolveFile } from '../../resolve-file.ts';
import type { Steps } from '../../steps.ts';
import { storagesOf } from '../../storages.ts';
import { refuseTooManyOpen } from '../../too-many-open.ts';
import { openWithin, type Confinement } from '../confine.ts';
import { linkStatus, openRegular, startOfOpen, type OpenFile } from '../files.ts';
import { inodeKey } from '../inode-key.ts';
import { entryPath, type EntryName } from '../path-name.ts';
import { kindOf, type FileKind } from './magic.ts';
import { timeText } from './time.ts';

/** A disk descriptor in a file. */
export interface DescriptorLook {
  readonly accepted: boolean;
  readonly images: readonly DescribedImage[];
  readonly graph: SnapshotGraph;
  readonly descriptor: DiskDescriptor;
}

/** An image as a descriptor names it. */
export interface DescribedImage {
  readonly guid: string;
  /** Absolute path. */
  readonly file: string;
  readonly isTop: boolean;
}

/** A regular file, as its first bytes show it. */
export interface FileLook {
  /** Absolute path. */
  readonly file: string;
  /** Whether `file` stands for a name that is not UTF-8. */
  readonly isEscaped?: true;
  readonly bytes: number;
  /** When it was written, ISO 8601. */
  readonly modified: string;
  /** {@link inodeKey} of it. */
  readonly key: string;
  /** Whether it begins as an image of ploop. */
  readonly isImage?: true;
  /** Of an image of ploop, if it can be read. */
  readonly header?: ImageHeader;
  /** Of an image of ploop: whether it is marked as in use. */
  readonly inUse?: boolean;
  /** Of an image of ploop: whether it ends where its data would begin. */
  readonly isEmpty?: boolean;
  readonly descriptor?: DescriptorLook;
  readonly kind?: FileKind;
}

/** Opens a file; `undefined` for one that leads outside. */
type Opening = () => Steps<OpenFile | undefined>;

/** Looked through for a descriptor: one of 100,000 snapshots takes 40 MB, and nobody has several of those. */
const MOST_TEXT = 8 * 1024 * 1024;
/** Where a header says in which sector the data begin. */
const FIRST_BLOCK = 48;
const SECTOR = 512;

/** Looks at a file without following a symlink in its place; `undefined` if it is not a regular file. */
export function* lookAt(
  directory: string,
  file: string,
  confinement: Confinement,
): Steps<FileLook | undefined> {
  const open: Opening = () => openWithin(file, confinement);
  return yield* looked(file, file, () => contentOf(directory, file, open));
}

/**
 * {@link lookAt} of a file in the directory whose name is not UTF-8.
 *
 * @param file - The path to report.
 */
function* lookAtBytes(directory: string, path: Buffer, file: string): Steps<FileLook | undefined> {
  const open: Opening = () => openRegular(path, constants.O_NOFOLLOW);
  const look = yield* looked(path, file, () => contentOf(directory, file, open));
  return look && { ...look, isEscaped: true };
}

/** {@link lookAt} of an entry of the directory, whatever its name. */
export function* lookAtEntry(
  directory: string,
  name: EntryName,
  confinement: Confinement,
): Steps<FileLook | undefined> {
  const path = entryPath(directory, name);
  return typeof path === 'string'
    ? yield* lookAt(directory, path, confinement)
    : yield* lookAtBytes(directory, path, join(directory, name.text));
}

/** {@link lookAtEntry} of one that is small enough for a descriptor. */
export function* lookForDescriptor(
  directory: string,
  name: EntryName,
  confinement: Confinement,
): Steps<FileLook | undefined> {
  try {
    const { size } = yield* linkStatus(entryPath(directory, name));
    if (size > BigInt(MOST_TEXT)) return undefined;
    return yield* lookAtEntry(directory, name, confinement);
  } catch (cause) {
    refuseTooManyOpen(join(directory, name.text), cause);
    return undefined;
  }
}

function* looked(
  path: string | Buffer,
  file: string,
  content: () => Steps<Partial<FileLook>>,
): Steps<FileLook | undefined> {
  try {
    const stats = yield* linkStatus(path);
    if (!stats.isFile()) return undefined;
    const look = placed(file, stats);
    return stats.size === 0n ? look : { ...look, ...(yield* content()) };
  } catch (cause) {
    refuseTooManyOpen(file, cause);
    return undefined;
  }
}

/** The content of a file; empty if it cannot be read. */
function* contentOf(directory: string, file: string, open: Opening): Steps<Partial<FileLook>> {
  try {
    const opened = yield* open();
    if (opened === undefined) return {};
    const { bytes, size } = yield* startOfOpen(opened, HEADER_BYTES);
    const content = described(bytes, file, size);
    if (content.isImage || content.kind !== undefined || !isMarkup(bytes)) return content;
    const descriptor = yield* descriptorIn(directory, open);
    return descriptor === undefined ? {} : { descriptor };
  } catch (cause) {
    refuseTooManyOpen(file, cause);
    return {};
  }
}

function placed(file: string, stats: BigIntStats): FileLook {
  const modified = timeText(stats.mtimeMs);
  return { file, bytes: Number(stats.size), modified, key: inodeKey(stats) };
}

function described(bytes: Uint8Array, file: string, size: bigint): Partial<FileLook> {
  const kind = kindOf(bytes);
  if (kind !== undefined) return { kind };
  if (bytes.length < HEADER_BYTES || versionOf(bytes) === undefined) return {};
  const { header } = parseImageHeader(bytes, file);
  const inUse = markIn(bytes).state === 'in-use';
  const firstBlock = new DataView(bytes.buffer, bytes.byteOffset).getUint32(FIRST_BLOCK, true);
  const isEmpty = size <= BigInt(firstBlock) * BigInt(SECTOR);
  return { isImage: true, inUse, isEmpty, ...(header && { header }) };
}

/** Whether bytes begin as XML in UTF-8 or UTF-16. */
export function isMarkup(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 64)).toString('latin1').replaceAll('\0', '');
  return /^(?:\u00ef\u00bb\u00bf|\u00ff\u00fe|\u00fe\u00ff)?\s*</.test(start);
}

function* descriptorIn(directory: string, open: Opening): Steps<DescriptorLook | undefined> {
  const opened = yield* open();
  if (opened === undefined) return undefined;
  const { bytes, size } = yield* startOfOpen(opened, MOST_TEXT);
  if (size > BigInt(MOST_TEXT)) return undefined;
  const { accepted, descriptor, graph } = parseDescriptor(bytes);
  if (descriptor === undefined || graph === undefined) return undefined;
  const { topGuid } = descriptor;
  const images = storagesOf(descriptor)
    .flatMap((storage) => storage.images)
    .map(({ guid, file: name }) => ({
      guid,
      file: resolveFile(directory, name),
      isTop: topGuid !== undefined && sameGuid(guid, topGuid),
    }));
  return images.length === 0 ? undefined : { accepted, images, graph, descriptor };
}
