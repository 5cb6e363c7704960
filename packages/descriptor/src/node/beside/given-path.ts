import { basename, dirname, extname, join, relative } from 'node:path';

import { append } from '../../append.ts';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { HEADER_BYTES } from '../../image-header/header.ts';
import { DESCRIPTOR_NAME } from '../../releases/descriptor-name.ts';
import type { Steps } from '../../steps.ts';
import { refuseTooManyOpen } from '../../too-many-open.ts';
import { linkStatus, readStart } from '../files.ts';
import { namesIn } from './entries.ts';
import { isMarkup, lookAt, lookAtEntry, type FileLook } from './look.ts';
import { beginsAsDisk } from './magic.ts';
import { filesNear } from './near.ts';
import { DELTA_NAME } from './orphan.ts';
import { usableAmong } from './usable.ts';

const MOST_NAMED = 20;

/** The files of a directory, each looked at. */
export function* looksIn(directory: string): Steps<readonly FileLook[]> {
  const looks: FileLook[] = [];
  for (const name of yield* namesIn(directory)) {
    const look = yield* lookAtEntry(directory, name, { within: directory });
    if (look !== undefined) looks.push(look);
  }
  return looks;
}

/** Describes a directory without a descriptor, as steps; empty if nobody would take it for a disk. */
export function* describeDirectory(directory: string): Steps<readonly Diagnostic[]> {
  const below = yield* filesNear(directory, { within: directory });
  const disks = below.filter((file) => basename(file) === DESCRIPTOR_NAME).map(dirname);
  const own = yield* describeUndescribed(directory, disks);
  const lost: Diagnostic[] = [];
  for (const place of undescribedIn(below, new Set(disks)))
    if (own.length === 0 || place.endsWith('.hdd'))
      append(lost, yield* describeUndescribed(place, [], relative(directory, place)));
  return [...own, ...lost];
}

/** Directories without a descriptor that have a file which may be of a disk, by their names. */
function undescribedIn(files: readonly string[], disks: ReadonlySet<string>): readonly string[] {
  const places = new Set(
    files
      .filter((file) => OF_DISK.test(basename(file)) || dirname(file).endsWith('.hdd'))
      .map((file) => dirname(file)),
  );
  return [...places].filter((place) => !disks.has(place)).slice(0, MOST_NAMED);
}

/** Names of images, and of other descriptors. */
const OF_DISK = /\.hd[ds](?:$|\.)|^DiskDescriptor\.xml\./i;

/** What is in a directory without a descriptor, and which disks are below it. */
function* describeUndescribed(
  directory: string,
  disks: readonly string[],
  below?: string,
): Steps<readonly Diagnostic[]> {
  const looks = yield* looksIn(directory);
  const images = looks.filter(isLikeImage);
  const usable = usableAmong(looks);
  const raw = macDisk(directory, looks);
  if (images.length + disks.length + usable.length === 0 && raw === undefined) return [];
  const finding = diagnostic('DESCRIPTOR_MISSING', {
    directory,
    images: images.slice(0, MOST_NAMED).map(imageData),
    disks: disks.slice(0, MOST_NAMED).map((place) => relative(directory, place)),
    ...(raw === undefined ? {} : { raw }),
    ...(below === undefined ? {} : { below }),
  });
  return [finding, ...usable];
}

/** Images by content, and by name what is bare or of another format. */
function isLikeImage({ file, bytes, isImage, kind, descriptor }: FileLook): boolean {
  if (isImage === true || kind?.endsWith(' image') === true) return true;
  return bytes > 0 && descriptor === undefined && /\.(?:hds|hdd)$/i.test(file);
}

function imageData({ file, isEscaped, bytes, header, kind, inUse = false }: FileLook) {
  const named = DELTA_NAME.test(basename(file)) ? { named: 'delta' as const } : {};
  const size = header && {
    version: header.version,
    sectors: header.statedSize,
    blockSize: header.blockSize,
  };
  const more = { ...(isEscaped && { isEscaped }), ...(kind && { kind }) };
  return { file, bytes, inUse, ...size, ...named, ...more };
}

/** The disk of a macOS virtual machine: a bare disk. */
function macDisk(directory: string, looks: readonly FileLook[]): string | undefined {
  const names = looks.map(({ file }) => basename(file));
  const isMachine = extname(directory) === '.macvm' || names.includes('aux.bin');
  return isMachine ? names.find((name) => /^disk\d*\.img$/.test(name)) : undefined;
}

/** Explains why a file is not a descriptor, as steps; `undefined` if it should be read as one. */
export function* describeFile(file: string): Steps<Diagnostic | undefined> {
  const directory = dirname(file);
  const look = yield* lookAt(directory, file, { within: directory });
  if (look === undefined || look.descriptor !== undefined) return undefined;
  const isDescriptor = basename(file).startsWith(DESCRIPTOR_NAME);
  const beside = yield* lookAt(directory, join(directory, DESCRIPTOR_NAME), { within: directory });
  const found = beside !== undefined && !isDescriptor ? { descriptor: beside.file } : {};
  const names = beside?.descriptor?.images.some((image) => image.file === file) === true;
  const data = { file, bytes: look.bytes, ...found, ...(names && { named: true as const }) };
  if (look.isImage) return diagnostic('PATH_NOT_DESCRIPTOR', { ...data, kind: 'image of ploop' });
  if (look.kind !== undefined)
    return diagnostic('PATH_NOT_DESCRIPTOR', { ...data, kind: look.kind });
  if (isDescriptor) return undefined;
  if (names) return diagnostic('PATH_NOT_DESCRIPTOR', { ...data, kind: 'image of a raw disk' });
  if (look.bytes === 0)
    return beside === undefined
      ? undefined
      : diagnostic('PATH_NOT_DESCRIPTOR', { ...data, kind: 'empty marker file' });
  const isMac = macDisk(directory, [look]) !== undefined;
  const kind = isMac ? 'bare disk' : yield* plainKind(file);
  return kind === undefined ? undefined : diagnostic('PATH_NOT_DESCRIPTOR', { ...data, kind });
}

const OPEN = '<'.charCodeAt(0);
const SPACES: ReadonlySet<number> = new Set(Buffer.from('\0\t\n\r'));

/** Whether a byte is in no text; those of UTF-16 are zero. */
function isControl(byte: number): boolean {
  return byte < 0x20 && !SPACES.has(byte);
}

type PlainKind = 'file of zeros' | 'bare disk' | 'file without XML';

function* plainKind(file: string): Steps<PlainKind | undefined> {
  try {
    if (!(yield* linkStatus(file)).isFile()) return undefined;
    const { bytes } = yield* readStart(file, HEADER_BYTES);
    if (bytes.every((byte) => byte === 0)) return 'file of zeros';
    if (beginsAsDisk(bytes)) return 'bare disk';
    if (isMarkup(bytes)) return undefined;
    return bytes.includes(OPEN) && !bytes.some(isControl) ? undefined : 'file without XML';
  } catch (cause) {
    refuseTooManyOpen(file, cause);
    return undefined;
  }
}
