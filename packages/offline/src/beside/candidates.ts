import { basename, dirname, join, relative } from 'node:path';

import { toBytes } from '@ploop/descriptor';
import type { Steps } from '@ploop/descriptor/internal';
import type { Confinement } from '@ploop/descriptor/node';
import { type FileLook, filesNear, isWithin, linkStatus } from '@ploop/descriptor/node/internal';

import type { PlacedImage } from '../disk/placed-images.ts';
import { likenessOf, likenessOfPath } from './likeness.ts';

/** A file that may be one that a descriptor names, and the evidence. */
export interface Candidate {
  /** Absolute path. */
  readonly file: string;
  /** Relative to the directory of the descriptor. */
  readonly name: string;
  readonly because: readonly string[];
  /** Whether it is where the confinement lets nothing be opened. */
  readonly outside?: true;
}

/** A longer list is not useful. */
const MOST_CANDIDATES = 5;

/**
 * The files that may be missing images, in the same order.
 *
 * @param unused - The files of one directory that are not images of its descriptor.
 */
export function* candidatesFor(
  missing: readonly PlacedImage[],
  unused: readonly FileLook[],
  confinement: Confinement,
): Steps<readonly (readonly Candidate[])[]> {
  const [first] = missing;
  if (first === undefined) return [];
  const { directory } = first;
  const likely = unused.filter(({ bytes }) => bytes > 0);
  const images = likely.filter((look) => missing.some((image) => fits(look, image)));
  const isOnly = images.length === 1 && missing.length === 1;
  const near = yield* filesNear(directory, confinement);
  const above: (readonly string[])[] = [];
  for (const { image } of missing)
    above.push(yield* sameNameAbove(image.file, directory, confinement));
  return missing.map((image, index) => {
    const here = likely.flatMap((look): readonly Candidate[] => {
      const likeness = likenessOf(image.image.file, basename(look.file));
      const isSame = fits(look, image);
      if (likeness === undefined && !isSame) return [];
      const because = [
        ...(likeness === undefined ? [] : [likeness]),
        ...(isSame ? ['disk of the same size'] : []),
        ...(isOnly && isSame ? ['the only image left over'] : []),
      ];
      return [{ file: look.file, name: basename(look.file), because }];
    });
    const elsewhere = near.flatMap((file): readonly Candidate[] => {
      const name = relative(directory, file);
      const likeness = likenessOfPath(image.image.file, name);
      if (likeness === undefined || file === image.file) return [];
      const isPlace = likeness === 'same path as Windows writes it';
      return [{ file, name, because: isPlace ? [likeness] : [likeness, 'in another directory'] }];
    });
    const outside = (above[index] ?? []).map((file): Candidate => {
      const because = ['same name', 'in another directory', 'not opened'];
      return { file, name: relative(directory, file), because, outside: true };
    });
    const byEvidence = (one: Candidate, other: Candidate): number =>
      other.because.length - one.because.length;
    const found = [...here.toSorted(byEvidence), ...elsewhere, ...outside];
    return found.slice(0, MOST_CANDIDATES);
  });
}

/** Directories above that of a disk which are asked for a file of the same name. */
const LEVELS = 2;

/**
 * The files of exactly the same name in the directories above, where the confinement does not allow to look: nothing is
 * opened there, and no directory is listed.
 */
function* sameNameAbove(
  wanted: string,
  directory: string,
  { within }: Confinement,
): Steps<readonly string[]> {
  // A backslash may be part of a name, or separate directories as Windows writes them.
  const names = new Set([basename(wanted), wanted.split(/[/\\]/).at(-1) ?? '']);
  const found: string[] = [];
  let above = dirname(directory);
  for (let level = 0; level < LEVELS && dirname(above) !== above; level += 1) {
    const isAllowed = within === undefined || isWithin(within, above);
    for (const name of names) {
      const file = join(above, name);
      if (!isAllowed && dirname(file) === above && (yield* isFile(file))) found.push(file);
    }
    above = dirname(above);
  }
  return found;
}

function* isFile(path: string): Steps<boolean> {
  try {
    return (yield* linkStatus(path)).isFile();
  } catch {
    return false;
  }
}

/** Whether a file is an image of the size that the descriptor states. */
function fits({ header, bytes, kind }: FileLook, { rawBase, stated }: PlacedImage): boolean {
  if (rawBase) return kind === undefined && bytes === toBytes(stated.size);
  if (header?.blockSize !== stated.blockSize) return false;
  return header.size === stated.size || header.statedSize === stated.size;
}
