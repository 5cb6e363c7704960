import type { Dirent, OpenDirOptions } from 'node:fs';
import { opendir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { parseDescriptor, parseGuid, resolveFile } from '@ploop/descriptor';
import { refuseTooManyOpen, runAsync } from '@ploop/descriptor/internal';
import { DESCRIPTOR_NAME } from '@ploop/descriptor/node';
import { entryName, filesNear, isWithin, readStart } from '@ploop/descriptor/node/internal';
import { HEADER_BYTES, parseImageHeader, type ImageHeader } from '@ploop/image';
import { RefusedError } from '@ploop/runner';

/** An image that lies beside another one. */
interface Neighbour {
  readonly file: string;
  readonly bytes: bigint;
  readonly writtenMs: number;
  /** Absent for a file that only has the name of a delta, and for a descriptor. */
  readonly header: ImageHeader | undefined;
  /** The number of images that a descriptor names, if the image is among several. */
  readonly described?: number;
}

/** An entry of a directory that may be a neighbour. */
interface Entry {
  /** The path to report. */
  readonly file: string;
  /** The path to open; absent for a symlink, which may lead anywhere. */
  readonly path: string | Buffer | undefined;
}

interface Inode {
  readonly dev: bigint;
  readonly ino: bigint;
}

/** As many are named; more are counted. */
const MOST_NAMED = 10;
/** Looked through for a descriptor. */
const MOST_TEXT = 8 << 20;
/** Programs that pack or copy files append to their names. */
const DELTA_NAME = /\.(\{[^{}]{36}\})(?![\w{}])/;

/**
 * Refuses an image as the whole disk if other images lie beside it, below that, or where its descriptor goes: deltas above it hold
 * later states, and without them it is the oldest one.
 *
 * @throws RefusedError `DELTAS_BESIDE`, or `PATH_INVALID` if a directory cannot be looked at.
 */
export async function refuseNeighbours(image: string, directory: string): Promise<void> {
  const real = await realpath(image).catch(() => image);
  const places = [dirname(image), dirname(real), await realpath(directory).catch(() => directory)];
  const own = await stat(real, { bigint: true }).catch(() => undefined);
  const byFile = new Map<string, Neighbour>();
  for (const place of new Set(places))
    for (const entry of [...(await entriesIn(place)), ...(await entriesBelow(place))]) {
      const neighbour = byFile.has(entry.file) ? undefined : await look(entry, place, own);
      if (neighbour !== undefined) byFile.set(entry.file, neighbour);
    }
  if (byFile.size === 0) return;
  const found = [...byFile.values()];
  const named = found.slice(0, MOST_NAMED).map((one) => describe(one, dirname(image)));
  const rest = found.length - named.length;
  throw new RefusedError(
    'DELTAS_BESIDE',
    `${image}${real === image ? '' : `, a symlink to ${real},`} is not the only image here: ${named.join('; ')}${rest > 0 ? `; ${String(rest)} more` : ''}`,
    'If these are deltas above the image, it is the oldest state of the disk, and writing to it destroys the others: restore the DiskDescriptor.xml of all images from a backup. To read the oldest state, copy the image into an empty directory and restore it there. Set `alone` only if none of these files belongs to the disk.',
  );
}

async function entriesIn(directory: string): Promise<readonly Entry[]> {
  const options = { encoding: 'buffer' } as unknown as OpenDirOptions;
  try {
    const found: Entry[] = [];
    for await (const entry of (await opendir(directory, options)) as AsyncIterable<
      Dirent<Buffer>
    >) {
      const { bytes, text, isUtf8 } = entryName(entry.name);
      const file = join(directory, text);
      const path = isUtf8 ? file : Buffer.concat([Buffer.from(`${directory}/`), bytes]);
      if (entry.isFile()) found.push({ file, path });
      else if (entry.isSymbolicLink()) found.push({ file, path: undefined });
    }
    return found.sort((one, other) => (one.file < other.file ? -1 : 1));
  } catch (cause) {
    refuseTooManyOpen(directory, cause);
    // The command says itself that the directory is missing.
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw new RefusedError('PATH_INVALID', `cannot look at ${directory}: ${String(cause)}`);
  }
}

/** The files in the directories below one; of the directory of another disk its descriptor alone. */
async function entriesBelow(directory: string): Promise<readonly Entry[]> {
  const files = await runAsync(filesNear(directory, { within: directory }));
  const descriptors = new Set(files.filter((file) => basename(file) === DESCRIPTOR_NAME));
  return files
    .filter(
      (file) => descriptors.has(file) || !descriptors.has(join(dirname(file), DESCRIPTOR_NAME)),
    )
    .map((file) => ({ file, path: file }));
}

async function look(
  { file, path }: Entry,
  place: string,
  own: Inode | undefined,
): Promise<Neighbour | undefined> {
  const unread = { file, bytes: 0n, writtenMs: Number.NaN, header: undefined };
  if (path === undefined) return isDeltaName(file) ? unread : undefined;
  try {
    const { bytes, size, stats } = await runAsync(readStart(path, HEADER_BYTES));
    if (isSame(stats, own)) return undefined;
    const { header } = parseImageHeader(bytes, file);
    const found = { file, bytes: size, writtenMs: Number(stats.mtimeMs), header };
    if (header !== undefined || isDeltaName(file)) return found;
    if (size > BigInt(MOST_TEXT) || !isMarkup(bytes)) return undefined;
    const text = await runAsync(readStart(path, MOST_TEXT));
    const described = await imagesIn(text.bytes, dirname(file), place, own);
    return described === undefined ? undefined : { ...found, described };
  } catch (cause) {
    refuseTooManyOpen(file, cause);
    // Who cannot read a delta must not take the base for the disk either.
    return isDeltaName(file) ? unread : undefined;
  }
}

/** Whether bytes begin as XML in UTF-8 or UTF-16. */
function isMarkup(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 64)).toString('latin1').replaceAll('\0', '');
  return /^(?:\u00ef\u00bb\u00bf|\u00ff\u00fe|\u00fe\u00ff)?\s*</.test(start);
}

/** How many images a descriptor names, if the own one is among several. Names that lead out of `place` are not looked at. */
async function imagesIn(
  bytes: Uint8Array,
  directory: string,
  place: string,
  own: Inode | undefined,
): Promise<number | undefined> {
  const { descriptor } = parseDescriptor(bytes);
  const storages = descriptor?.storages ?? (descriptor === undefined ? [] : [descriptor]);
  const images = storages.flatMap((storage) => storage.images);
  if (images.length < 2) return undefined;
  for (const { file } of images) {
    const path = resolveFile(directory, file);
    if (!isWithin(place, path)) continue;
    const stats = await stat(path, { bigint: true }).catch(() => undefined);
    if (stats !== undefined && isSame(stats, own)) return images.length;
  }
  return undefined;
}

function isSame(stats: Inode, own: Inode | undefined): boolean {
  return stats.dev === own?.dev && stats.ino === own.ino;
}

function isDeltaName(file: string): boolean {
  const guid = DELTA_NAME.exec(basename(file))?.[1];
  return guid !== undefined && parseGuid(guid) !== undefined;
}

/** Says where it is unless that is the directory of the image. */
function describe(
  { file, bytes, writtenMs, header, described }: Neighbour,
  directory: string,
): string {
  const name = dirname(file) === directory ? basename(file) : file;
  const about =
    described !== undefined
      ? [`a descriptor that names this image and ${String(described - 1)} more`]
      : header === undefined
        ? ['the name of a delta']
        : [
            `version ${String(header.version)}`,
            `a disk of ${String(header.size)} sectors`,
            `clusters of ${String(header.blockSize)} sectors`,
          ];
  const written = Number.isNaN(writtenMs)
    ? 'cannot be read'
    : `${String(bytes)} bytes, last written ${new Date(writtenMs).toISOString()}`;
  return `${JSON.stringify(name)} (${[...about, written].join(', ')})`;
}
