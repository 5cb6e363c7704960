import { bytes as toByteCount, isClusterSize, toSectors, type Bytes } from '@ploop/descriptor';
import { shown } from '@ploop/descriptor/arguments';

import { RefusedError } from '../errors/errors.ts';

/** What the tool's own parser holds, in sectors. */
const MOST_SECTORS = 0xffffffff * 512;

/**
 * A size as argument: sectors in decimal digits, the one form that every release reads exactly.
 *
 * @throws RefusedError `SIZE_INVALID`
 */
export function size(bytes: Bytes): string {
  if (bytes === 0) throw new RefusedError('SIZE_INVALID', 'the size must be greater than 0');
  return sizeOrZero(bytes);
}

/**
 * {@link size}, of which 0 is one too.
 *
 * @throws RefusedError `SIZE_INVALID`
 */
export function sizeOrZero(bytes: Bytes): string {
  const sectors = sectorsIn(bytes);
  const isWhole = sectors !== undefined && sectors >= 0 && Number.isSafeInteger(bytes);
  if (!isWhole || sectors >= MOST_SECTORS)
    throw new RefusedError(
      'SIZE_INVALID',
      `${shown(bytes)} bytes are not a whole number of 512-byte sectors that the tool can read`,
    );
  return String(sectors);
}

/**
 * A cluster size as argument: sectors in decimal digits.
 *
 * @throws RefusedError `CLUSTER_SIZE_INVALID`
 */
export function clusterSectors(bytes: Bytes | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  const count = sectorsIn(bytes);
  if (count === undefined || !isClusterSize(count))
    throw new RefusedError(
      'CLUSTER_SIZE_INVALID',
      `a cluster of ${shown(bytes)} bytes is not a power of two from 32 KiB to 64 MiB`,
    );
  return String(count);
}

/** Callers without a compiler may give anything, and a text of digits divides as a number does. */
function sectorsIn(bytes: unknown): number | undefined {
  return typeof bytes === 'number' ? toSectors(toByteCount(bytes)) : undefined;
}

/**
 * A number as argument, in decimal digits.
 *
 * @throws RefusedError `NUMBER_INVALID`
 */
export function wholeNumber(value: number, least: number, most: number): string {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new RefusedError(
      'NUMBER_INVALID',
      `${shown(value)} is not a whole number from ${String(least)} to ${String(most)}`,
    );
  return String(value);
}
