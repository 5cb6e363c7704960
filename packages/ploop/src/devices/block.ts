import { bytes, SECTOR_SIZE } from '@ploop/descriptor';
import type { Steps } from '@ploop/descriptor/internal';

import { attribute, numberAttribute } from '../io/kernel-files.ts';
import { ReadError } from '../io/read-error.ts';
import type { DriverFacts } from './device.ts';

/** Levels of a device number from 0 to 127; a merge of the top counts one beyond while it lasts. */
const MOST_LEVELS = 256;
/** Attempts to read a device of one piece. */
const TRIES = 10;

/** Whether an entry of `/sys/block` is a device of the block driver. */
export function isBlockDevice(name: string): boolean {
  return name.startsWith('ploop');
}

/** The base image of a device of the block driver; `undefined` where it has none: it is idle. */
export function* baseImageOf(sys: string, name: string): Steps<string | undefined> {
  const image = yield* attribute(`${sys}/block/${name}/pdelta/0/image`);
  return image === '' ? undefined : image;
}

/** The file that the base image is, by inode: only kernels of release 7 report. */
export function* baseInodeOf(
  sys: string,
  name: string,
): Steps<{ readonly ino: bigint; readonly dev: string } | undefined> {
  const text = yield* attribute(`${sys}/block/${name}/pdelta/0/image_info`);
  const [, ino, dev] = /^ino:(\d{1,20})\nsdev:(\d+:\d+)\s*$/.exec(text ?? '') ?? [];
  return ino === undefined || dev === undefined ? undefined : { ino: BigInt(ino), dev };
}

/**
 * A device of the block driver as of one moment; `undefined` where it is idle or goes.
 *
 * @throws ReadError `DEVICE_TRANSITIONAL` where it changes all the time.
 */
export function* blockDevice(sys: string, name: string): Steps<DriverFacts | undefined> {
  const directory = `${sys}/block/${name}`;
  for (let tried = 1; tried <= TRIES; tried += 1) {
    const base = yield* baseImageOf(sys, name);
    if (base === undefined) return undefined;
    const images = yield* imagesOf(directory);
    const number = yield* attribute(`${directory}/dev`);
    const facts: DriverFacts = {
      device: `/dev/${name}`,
      kernelName: name,
      generation: 'block',
      number: number ?? '',
      component: yield* componentOf(directory),
      running: ((yield* numberAttribute(`${directory}/pstate/running`)) ?? 0) !== 0,
      readonly: (yield* attribute(`${directory}/ro`)) === '1',
      size: bytes(((yield* numberAttribute(`${directory}/size`)) ?? 0) * SECTOR_SIZE),
      images,
    };
    // Another disk may have taken its place, or a merge may have moved the levels.
    const again = yield* imagesOf(directory);
    const isSame =
      (yield* baseImageOf(sys, name)) === base &&
      images.length === again.length &&
      images.every((image, level) => image === again[level]);
    if (isSame && images.length > 0) return facts;
  }
  throw new ReadError('DEVICE_TRANSITIONAL', `/dev/${name} changes all the time`);
}

/** The component name of a device, empty where it has none. */
export function* componentOf(directory: string): Steps<string> {
  return (yield* attribute(`${directory}/pstate/cookie`)) ?? '';
}

/** While the top is merged its level counts one more than there are. */
function* imagesOf(directory: string): Steps<readonly string[]> {
  const images: string[] = [];
  while (images.length < MOST_LEVELS) {
    const image = yield* attribute(`${directory}/pdelta/${String(images.length)}/image`);
    if (image === undefined) break;
    images.push(image);
  }
  return images;
}
