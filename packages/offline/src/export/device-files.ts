import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { refuseTooManyOpen } from '@ploop/descriptor/internal';
import { deviceNumber } from '@ploop/descriptor/node/internal';

/** Devices below devices, at most: nobody stacks more. */
const MOST_BELOW = 1000;
const SECTOR_BYTES = 512n;

/** A file that a block device shows. */
export interface ShownFile {
  /** Where the kernel says that it is; a mount can hide it, so that another file is there. */
  readonly path: string;
  /** Whether it can have so many bytes. */
  readonly canHave: (bytes: bigint) => boolean;
}

/**
 * The files that a block device shows, as far as the kernel reports by path: those of loop and ploop devices, also where
 * it is a partition of one, or is made of some by device-mapper or the like.
 *
 * @param rdev - The number of the device as `stat` gives it.
 */
export async function filesOfDevice(rdev: bigint, sys = '/sys'): Promise<readonly ShownFile[]> {
  const files: ShownFile[] = [];
  const numbers = new Set([deviceNumber(rdev)]);
  const add = (number: string): void => {
    if (numbers.size < MOST_BELOW) numbers.add(number);
  };
  for (const number of numbers) {
    const place = await realpath(join(sys, 'dev/block', number)).catch(() => undefined);
    if (place === undefined) continue;
    const backing = await textOf(join(place, 'loop/backing_file'));
    if (backing !== undefined) {
      files.push({ path: backing, canHave: await sizesOf(place) });
      const found = await stat(backing, { bigint: true }).catch(() => undefined);
      if (found?.isBlockDevice() === true) add(deviceNumber(found.rdev));
    }
    for (const level of await entriesOf(join(place, 'pdelta'))) {
      const image = await textOf(join(place, 'pdelta', level, 'image'));
      if (image !== undefined) files.push({ path: image, canHave: () => true });
    }
    const slaves = (await entriesOf(join(place, 'slaves'))).map((name) => join('slaves', name));
    // A partition is a directory of the device that it is on.
    const isPartition = (await textOf(join(place, 'partition'))) !== undefined;
    for (const below of isPartition ? ['..', ...slaves] : slaves) {
      const other = await textOf(join(place, below, 'dev'));
      if (other !== undefined) add(other);
    }
  }
  return files;
}

/** Which sizes the file of a loop device can have: it shows whole sectors of it, from an offset on. */
async function sizesOf(place: string): Promise<ShownFile['canHave']> {
  const attributes = ['size', 'loop/offset', 'loop/sizelimit'];
  const texts = await Promise.all(attributes.map((name) => textOf(join(place, name))));
  const [sectors, offset, limit] = texts.map((text) =>
    text !== undefined && /^\d+$/.test(text) ? BigInt(text) : undefined,
  );
  if (sectors === undefined || offset === undefined || limit === undefined) return () => true;
  return (bytes) => {
    const rest = bytes - offset;
    const shown = limit > 0n && limit < rest ? limit : rest;
    return shown / SECTOR_BYTES === sectors;
  };
}

async function entriesOf(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch((cause: unknown) => {
    refuseTooManyOpen(directory, cause);
    return [];
  });
}

/** An attribute of the kernel, which ends in a newline; a name may hold others. */
async function textOf(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    refuseTooManyOpen(path, cause);
    return undefined;
  });
  return text?.replace(/\n$/, '');
}
