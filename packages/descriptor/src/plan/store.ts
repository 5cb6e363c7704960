import { sameGuid, TOP_GUID } from '../guid.ts';
import type { DiskDescriptor } from '../model.ts';
import type { Behaviour } from '../releases/behaviour.ts';
import { parseRelease } from '../releases/release.ts';
import { resolveFile } from '../resolve-file.ts';
import { withGuid } from './edit.ts';
import { planRefusal, type Refusing } from './refusals.ts';

/** Whether the top has a GUID of its own, as old releases gave it. That of a volume may have one in every release. */
export function isOldFormat({ topGuid, volume }: DiskDescriptor): boolean {
  return topGuid !== undefined && volume === undefined && !sameGuid(topGuid, TOP_GUID);
}

/**
 * Whether a descriptor in the old format cannot be changed: its top gets a GUID that another shot has before and after.
 * Releases fail, or write it twice.
 */
export function isTopGuidTaken(before: DiskDescriptor, after: DiskDescriptor): boolean {
  if (!isOldFormat(before) || constantsIn(before) === 0) return false;
  return constantsIn(after) > (isOldFormat(after) ? 0 : 1);
}

/** How many images or shots have the constant GUID, whichever is more. */
function constantsIn({ images, shots }: DiskDescriptor): number {
  const count = (all: readonly { readonly guid: string }[]): number =>
    all.filter(({ guid }) => sameGuid(guid, TOP_GUID)).length;
  return Math.max(count(images), count(shots));
}

/** What becomes of a descriptor when the tool writes it: an older release drops what it does not know. */
export function stored(
  descriptor: DiskDescriptor,
  release: Behaviour,
  directory: string | undefined,
): DiskDescriptor {
  const { images, maxDeltaSize, ...rest } = release.convertsTop
    ? converted(descriptor)
    : descriptor;
  const type = descriptor.mode === 'raw' ? 'Plain' : 'Compressed';
  return {
    ...rest,
    ...(maxDeltaSize !== undefined && release.keepsMaxDeltaSize && { maxDeltaSize }),
    root: release.root,
    images: images.map((image) =>
      image.foreign === true
        ? image
        : { ...image, type, file: writtenName(image.file, release, directory) },
    ),
  };
}

/** Why a release cannot write a descriptor as it should, or `undefined`. */
export function storeRefusal(
  { geometry, images }: DiskDescriptor,
  release: Behaviour,
  directory: string | undefined,
): Refusing | undefined {
  if (release.crashesOnZeroGeometry && Math.imul(geometry.cylinders, geometry.heads) === 0)
    return planRefusal('GEOMETRY_ZERO');
  const isMiswritten =
    release.cutsNamesBeside &&
    directory !== undefined &&
    images.some(({ file }) => file.startsWith(directory) && relativeTo(directory, file) === file);
  return isMiswritten ? planRefusal('NAME_MISWRITTEN') : undefined;
}

/** Releases 7 and later write every name relative to the disk, unless the two have nothing but `/` in common. */
function writtenName(file: string, release: Behaviour, directory: string | undefined): string {
  if (!release.writesRelativeNames || directory === undefined) return relativeTo(directory, file);
  const from = directory.split('/').filter((step) => step !== '');
  const to = resolveFile(directory, file, parseRelease(release.version))
    .split('/')
    .filter((step) => step !== '');
  let common = 0;
  while (common < from.length && common < to.length - 1 && from[common] === to[common]) common += 1;
  if (common === 0) return `/${to.join('/')}`;
  return [...from.slice(common).map(() => '..'), ...to.slice(common)].join('/');
}

function converted(descriptor: DiskDescriptor): DiskDescriptor {
  const { topGuid } = descriptor;
  if (topGuid === undefined || !isOldFormat(descriptor)) return descriptor;
  return { ...withGuid(descriptor, topGuid, TOP_GUID), topGuid: TOP_GUID };
}

/** A name within the directory of the descriptor becomes relative; any other stays as it is. */
export function relativeTo(directory: string | undefined, file: string): string {
  const prefix = directory === undefined || directory.endsWith('/') ? directory : `${directory}/`;
  return prefix !== undefined && file.startsWith(prefix) ? file.slice(prefix.length) : file;
}
