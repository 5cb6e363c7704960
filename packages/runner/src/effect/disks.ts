import { basename } from 'node:path';

import { SECTOR_SIZE, sameGuid, type Bytes, type Guid } from '@ploop/descriptor';

import { PloopError } from '../errors/errors.ts';
import type { DiskView } from './disk-view.ts';
import { changes, type Change, type Effect, type Verdict } from './effect.ts';
import { imagesOf } from './found.ts';

/** What a conversion is given. */
type ConversionInput = { readonly descriptor: string } & (
  { readonly format: 'expanded' | 'preallocated' | 'raw' } | { readonly version: 1 | 2 }
);

/** What a change of the key is given. */
interface KeyInput {
  readonly descriptor: string;
  readonly key: { readonly id: string } | 'none';
}

/** What a replacement is given. */
type CopyInput = {
  readonly descriptor: string;
  readonly replacement: string;
  readonly keepName?: boolean | undefined;
} & ({ readonly guid: Guid } | { readonly level: number } | { readonly image: string });

/** Another layout, or another version: the descriptor states the one, the image the other. */
export function converted(input: ConversionInput): Effect {
  return changes(
    input.descriptor,
    async ({ after, reported, isWritten, info }) => {
      const { mode } = after.descriptor;
      if ('format' in input) {
        // Others may have converted it once more.
        const isShown = mode === input.format || (reported.converted && (await isWritten()));
        return isShown
          ? 'shown'
          : { expected: `a disk of ${input.format}`, found: `it is ${mode}` };
      }
      const version = await info(input.descriptor).then((disk) => disk.version, unknown);
      if (version === undefined) return 'out-of-sight';
      if (version === input.version) return 'shown';
      const expected = `format version ${String(input.version)}`;
      return { expected, found: `the top has ${String(version)}` };
    },
    { asksTool: true },
  );
}

/** What cannot be asked for is not known; what is not an answer of the tool is thrown. */
function unknown(error: unknown): undefined {
  if (error instanceof PloopError) return undefined;
  throw error;
}

/** A disk that is as large as it was to become. Others may have switched to a smaller snapshot since. */
export function grownTo(descriptor: string, size: Bytes): Effect {
  return changes(
    descriptor,
    async ({ before, after, info, isWritten }) => {
      if (sizeOf(after) >= size) return 'shown';
      // What makes the file system alone smaller leaves the disk as it is.
      if (sizeOf(before) >= size) return 'out-of-sight';
      const disk = await info(descriptor).catch(unknown);
      if (disk !== undefined && disk.size >= size) return 'shown';
      const isOtherTop = after.fileOf(after.graph.top) !== before.fileOf(before.graph.top);
      if (isOtherTop && (await isWritten())) return 'shown';
      const found = `it has ${String(sizeOf(after))}`;
      return { expected: `${String(size)} bytes`, found };
    },
    { asksTool: true },
  );
}

/** The virtual size by the descriptor, in bytes. */
export function sizeOf({ descriptor }: DiskView): number {
  return descriptor.size * SECTOR_SIZE;
}

/** The key of a disk. */
export function encryptedWith({ descriptor, key }: KeyInput): Effect {
  const wanted = key === 'none' ? undefined : key.id;
  return changes(descriptor, ({ after }) => keyVerdict(after, wanted));
}

/** Whether a disk has a key, or none. */
export function keyVerdict({ descriptor }: DiskView, wanted: string | undefined): Verdict {
  const { encryptionKeyId: key } = descriptor;
  if (key === wanted) return 'shown';
  return { expected: `the key ${wanted ?? 'none'}`, found: `it has ${key ?? 'none'}` };
}

/** A copy in the place of an image: under its own name, or gone where it got the name of the image. */
export function replacedBy(input: CopyInput): Effect {
  const { replacement, keepName } = input;
  return changes(input.descriptor, async (change) => {
    const { before, after, look, isWritten } = change;
    if (keepName === true) {
      const isGone = (await look(replacement)) === 'missing';
      return isGone ? 'shown' : { expected: `${replacement} renamed`, found: 'it is there still' };
    }
    const files = (view: DiskView): readonly (string | undefined)[] =>
      view.graph.nodes.map((node) => node.image?.file);
    const known = new Set(files(before));
    const named = files(after).some(
      (file) => file !== undefined && !known.has(file) && basename(file) === basename(replacement),
    );
    // Others may have merged it since.
    const isShown = named || ((await isWritten()) && isAway(input, change));
    return isShown ? 'shown' : { expected: replacement, found: imagesOf(after) };
  });
}

function isAway(input: CopyInput, { before, after }: Change): boolean {
  if ('guid' in input) return !after.graph.nodes.some(({ guid }) => sameGuid(guid, input.guid));
  return after.graph.nodes.length < before.graph.nodes.length;
}
