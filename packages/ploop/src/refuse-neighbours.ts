import { opendir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { parseGuid } from '@ploop/descriptor';
import { HEADER_BYTES, parseImageHeader, type ImageHeader } from '@ploop/descriptor/image';
import { readStart, refuseTooManyOpen, runAsync } from '@ploop/descriptor/node';
import { RefusedError } from '@ploop/runner';

/** An image that lies beside another one. */
interface Neighbour {
  readonly file: string;
  readonly bytes: bigint;
  readonly writtenMs: number;
  /** Absent for a file that only has the name of a delta. */
  readonly header: ImageHeader | undefined;
}

/** As many are named; more are counted. */
const MOST_NAMED = 10;
const DELTA_SUFFIX = /\.(\{[^{}]{36}\})$/;

/**
 * Refuses an image as the whole disk if other images lie beside it or where its descriptor goes: deltas above it hold
 * later states, and without them it is the oldest one.
 *
 * @throws RefusedError `DELTAS_BESIDE`, or `PATH_INVALID` if a directory cannot be looked at.
 */
export async function refuseNeighbours(image: string, directory: string): Promise<void> {
  const real = await realpath(image).catch(() => image);
  const places = [dirname(image), dirname(real), await realpath(directory).catch(() => directory)];
  const own = await stat(real, { bigint: true }).catch(() => undefined);
  const found: Neighbour[] = [];
  for (const place of new Set(places))
    for (const name of await namesIn(place)) {
      const neighbour = await look(join(place, name), own);
      if (neighbour !== undefined) found.push(neighbour);
    }
  if (found.length === 0) return;
  const named = found.slice(0, MOST_NAMED).map((one) => describe(one, dirname(image)));
  const rest = found.length - named.length;
  throw new RefusedError(
    'DELTAS_BESIDE',
    `${image}${real === image ? '' : `, a symlink to ${real},`} is not the only image here: ${named.join('; ')}${rest > 0 ? `; ${String(rest)} more` : ''}`,
    'If these are deltas above the image, it is the oldest state of the disk, and writing to it destroys the others: restore the DiskDescriptor.xml of all images from a backup. To read the oldest state, copy the image into an empty directory and restore it there. Set `alone` only if none of these files belongs to the disk.',
  );
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    const names: string[] = [];
    for await (const entry of await opendir(directory)) if (entry.isFile()) names.push(entry.name);
    return names.sort();
  } catch (cause) {
    refuseTooManyOpen(directory, cause);
    // The command says itself that the directory is missing.
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw new RefusedError('PATH_INVALID', `cannot look at ${directory}: ${String(cause)}`);
  }
}

async function look(
  file: string,
  own: { readonly dev: bigint; readonly ino: bigint } | undefined,
): Promise<Neighbour | undefined> {
  try {
    const { bytes, size, stats } = await runAsync(readStart(file, HEADER_BYTES));
    if (stats.dev === own?.dev && stats.ino === own.ino) return undefined;
    const { header } = parseImageHeader(bytes, file);
    if (header === undefined && !isDeltaName(file)) return undefined;
    return { file, bytes: size, writtenMs: Number(stats.mtimeMs), header };
  } catch (cause) {
    refuseTooManyOpen(file, cause);
    // Who cannot read a delta must not take the base for the disk either.
    return isDeltaName(file)
      ? { file, bytes: 0n, writtenMs: Number.NaN, header: undefined }
      : undefined;
  }
}

function isDeltaName(file: string): boolean {
  const suffix = DELTA_SUFFIX.exec(basename(file))?.[1];
  return suffix !== undefined && parseGuid(suffix) !== undefined;
}

/** Says where it is unless that is the directory of the image. */
function describe({ file, bytes, writtenMs, header }: Neighbour, directory: string): string {
  const name = dirname(file) === directory ? basename(file) : file;
  const about =
    header === undefined
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
