import { basename, dirname, join } from 'node:path';

import type { Bytes } from '@ploop/descriptor';
import { DESCRIPTOR_NAME } from '@ploop/descriptor/releases';

import type { DiskView } from './disk-view.ts';
import { keyVerdict, sizeOf } from './disks.ts';
import type { Effect, Verdict } from './effect.ts';
import { imagesOf } from './found.ts';

/** What a new disk is given. */
interface NewDisk {
  readonly size: Bytes;
  readonly keyId?: string | undefined;
}

/** A disk that a run makes, in a directory that is to be seen. */
function makes(descriptor: string, directory: string, judge: (after: DiskView) => Verdict): Effect {
  return {
    descriptor,
    judge: async ({ after, look }) => {
      if (after === 'unreadable') return 'out-of-sight';
      if (after === 'invalid') return { expected: descriptor, found: 'it is invalid' };
      if (after !== 'missing') return judge(after);
      const isSeen = (await look(directory)) === 'directory';
      return isSeen ? { expected: descriptor, found: 'it is missing' } : 'out-of-sight';
    },
  };
}

/** A new disk of one image. */
export function diskMade(input: NewDisk & { readonly path: string }): Effect {
  const directory = dirname(input.path);
  return makes(join(directory, DESCRIPTOR_NAME), directory, (after) =>
    newDisk(after, input, input.path),
  );
}

/** A new volume. */
export function volumeMade(
  input: NewDisk & { readonly volume: string; readonly image?: string | undefined },
): Effect {
  const { volume } = input;
  return makes(join(volume, DESCRIPTOR_NAME), dirname(volume), (after) =>
    newDisk(after, input, input.image),
  );
}

function newDisk(after: DiskView, { size, keyId }: NewDisk, image: string | undefined): Verdict {
  const named = image === undefined ? 'shown' : oneImage(after, image);
  if (named !== 'shown') return named;
  if (sizeOf(after) < size)
    return { expected: `${String(size)} bytes`, found: `it has ${String(sizeOf(after))}` };
  return keyId === undefined ? 'shown' : keyVerdict(after, keyId);
}

/** A volume that hangs on another, or keeps it. */
export function volumeDerived({ target }: { readonly target: string }): Effect {
  return makes(join(target, DESCRIPTOR_NAME), dirname(target), () => 'shown');
}

/** A volume that is gone. */
export function volumeGone({ volume }: { readonly volume: string }): Effect {
  return {
    descriptor: join(volume, DESCRIPTOR_NAME),
    judge: ({ before, after }) => {
      if (before === 'missing' || after === 'unreadable') return 'out-of-sight';
      return after === 'missing'
        ? 'shown'
        : { expected: `${volume} as gone`, found: 'it is there' };
    },
  };
}

/** A descriptor of one image. */
export function descriptorRestored({
  directory,
  image,
}: {
  readonly directory: string;
  readonly image: string;
}): Effect {
  return makes(join(directory, DESCRIPTOR_NAME), directory, (after) => oneImage(after, image));
}

function oneImage(after: DiskView, image: string): Verdict {
  const [only, ...others] = after.descriptor.images;
  if (others.length === 0 && only !== undefined && basename(only.file) === basename(image))
    return 'shown';
  return { expected: `${image} as its one image`, found: imagesOf(after) };
}

/** A file that a run makes. */
export function fileMade(file: string): Effect {
  return {
    judge: async ({ look }) => {
      if ((await look(file)) !== 'missing') return 'shown';
      const isSeen = (await look(dirname(file))) === 'directory';
      return isSeen ? { expected: file, found: 'it is missing' } : 'out-of-sight';
    },
  };
}
