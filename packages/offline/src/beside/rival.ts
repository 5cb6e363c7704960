import { basename } from 'node:path';

import { diagnostic, type Diagnostic, guidKey } from '@ploop/descriptor';
import { type Steps, refuseTooManyOpen } from '@ploop/descriptor/internal';
import type { Confinement } from '@ploop/descriptor/node';
import {
  status,
  inodeKey,
  isWithin,
  placeOf,
  type DescribedImage,
  type DescriptorLook,
  type FileLook,
} from '@ploop/descriptor/node/internal';

import { leftoverOf } from './leftovers.ts';

/** A disk, as far as another descriptor can name its images. */
export interface OwnImages {
  /** Absolute path of its descriptor. */
  readonly path: string;
  /** Paths that lead to its images. */
  readonly paths: ReadonlySet<string>;
  /** The paths of its images as it names them, by {@link inodeKey}. */
  readonly files: ReadonlyMap<string, string>;
  readonly confinement: Confinement;
}

/** An image that only the other descriptor names. */
interface Extra {
  readonly image: DescribedImage;
  readonly look: FileLook;
}

/** Names of the other descriptor that are followed to see whether they lead to an image of the disk. */
const MOST_FOLLOWED = 1_000;

/**
 * The finding about another descriptor in the directory of a disk, as steps: it names images there that the one of the
 * disk does not, or is a copy.
 *
 * @param looks - The files that it may name, by their paths.
 */
export function* otherDescriptor(
  { file, isEscaped, descriptor }: FileLook,
  looks: ReadonlyMap<string, FileLook>,
  own: OwnImages,
): Steps<Diagnostic | undefined> {
  if (descriptor === undefined) return undefined;
  const unknown = descriptor.images.filter((image) => !own.paths.has(image.file));
  const extras: Extra[] = [];
  for (const image of unknown) {
    const look = looks.get(image.file);
    if (look !== undefined && !own.files.has(look.key)) extras.push({ image, look });
  }
  if (extras.length === 0) {
    const [images, gone] = [descriptor.images.length, unknown.length];
    return diagnostic('DESCRIPTOR_COPY', { file, images, gone });
  }
  const images = extras.map(({ image: { guid, file: named, isTop }, look }) => {
    const { bytes, modified, inUse = false } = look;
    return { guid, file: named, bytes, modified, inUse, isTop };
  });
  const isPrepared = isOfTool(file, own);
  const holdsNothing = isPrepared && extras.every(({ look }) => isUnused(look));
  const needs = holdsNothing ? [] : yield* needsOf(descriptor, extras, own);
  const marks = { ...(isEscaped && { isEscaped }), ...(isPrepared && { isPrepared }) };
  return diagnostic('DESCRIPTOR_RIVAL', { file, ...marks, images, needs });
}

/** Whether the tool wrote a descriptor for an operation that it did not finish. */
function isOfTool(file: string, { path }: OwnImages): boolean {
  const known = { descriptor: basename(path), images: new Set<string>() };
  return leftoverOf('file', basename(file), known) === 'OPERATION_INTERRUPTED';
}

/** Whether an image has no data yet, as the tool makes it. */
function isUnused({ bytes, inUse, isEmpty }: FileLook): boolean {
  return bytes === 0 || (isEmpty === true && inUse !== true);
}

/**
 * The images of the disk that the other descriptor needs as they are: those that its own ones stand on, and all that it
 * names if its top is one of its own, as it then is another state of the whole disk.
 */
function* needsOf(
  { graph, images }: DescriptorLook,
  extras: readonly Extra[],
  { files, confinement }: OwnImages,
): Steps<readonly string[]> {
  const isOtherState = extras.some(({ image }) => image.isTop);
  const below = new Set<string>();
  for (const { image } of extras) {
    let parent = graph.node(image.guid)?.parentGuid;
    while (parent !== undefined && !below.has(guidKey(parent))) {
      below.add(guidKey(parent));
      parent = graph.node(parent)?.parentGuid;
    }
  }
  const names = new Set(files.values());
  const needs = new Set<string>();
  let followed = 0;
  for (const { guid, file } of images) {
    if (!isOtherState && !below.has(guidKey(guid))) continue;
    if (names.has(file)) needs.add(file);
    else if (followed < MOST_FOLLOWED) {
      followed += 1;
      const name = files.get((yield* keyWithin(file, confinement)) ?? '');
      if (name !== undefined) needs.add(name);
    }
  }
  return [...needs];
}

function* keyWithin(file: string, { within }: Confinement): Steps<string | undefined> {
  try {
    if (within !== undefined && !isWithin(within, (yield* placeOf(file)).path)) return undefined;
    return inodeKey(yield* status(file));
  } catch (cause) {
    refuseTooManyOpen(file, cause);
    return undefined;
  }
}
