import { opendir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { diagnostic, type Diagnostic } from '@ploop/descriptor';
import { runAsync, type Steps, refuseTooManyOpen } from '@ploop/descriptor/internal';
import { type Confinement, DESCRIPTOR_NAME } from '@ploop/descriptor/node';
import { leadsOutside, isGone } from '@ploop/descriptor/node/internal';

import type { KnownNames } from './leftovers.ts';

/** What the tool appends to the name of a descriptor, or to that of an image, for files that it writes. */
const SUFFIXES = {
  descriptor: ['.lck', '.tmp', '.tmp.tmp', '.vol.tmp'],
  image: ['.mnt', '.tmp', '.idx'],
} as const;

/** What the tool writes beside the first image. */
const STATFS = '.statfs';

/** The finding about a symlink at a name that the tool writes to, if it leads outside. As steps. */
export function* linkOutside(
  file: string,
  known: KnownNames,
  confinement: Confinement,
): Steps<Diagnostic | undefined> {
  const { within } = confinement;
  if (within === undefined || !isWritten(basename(file), known)) return undefined;
  return (yield* leadsOutside(file, confinement))
    ? diagnostic('LINK_OUTSIDE', { file, within })
    : undefined;
}

/**
 * The symlinks in some directories at names that the tool writes to, as far as they lead outside.
 *
 * @param images - Absolute paths of the images of the disk.
 */
export async function linksOutside(
  descriptor: string,
  images: readonly string[],
  confinement: Confinement,
): Promise<readonly Diagnostic[]> {
  const known = {
    descriptor: basename(descriptor),
    images: new Set(images.map((file) => basename(file))),
  };
  const findings: Diagnostic[] = [];
  for (const directory of new Set([descriptor, ...images].map((file) => dirname(file)))) {
    try {
      for await (const entry of await opendir(directory, { bufferSize: 256 })) {
        if (!entry.isSymbolicLink()) continue;
        const finding = await runAsync(
          linkOutside(join(directory, entry.name), known, confinement),
        );
        if (finding !== undefined) findings.push(finding);
      }
    } catch (cause) {
      refuseTooManyOpen(directory, cause);
      if (!isGone(cause)) throw cause;
    }
  }
  return findings;
}

function isWritten(name: string, { descriptor, images }: KnownNames): boolean {
  return (
    name === STATFS ||
    [descriptor, DESCRIPTOR_NAME].some((stem) => isAppended(name, [stem], SUFFIXES.descriptor)) ||
    SUFFIXES.image.some(
      (suffix) => name.endsWith(suffix) && images.has(name.slice(0, -suffix.length)),
    )
  );
}

function isAppended(name: string, stems: readonly string[], suffixes: readonly string[]): boolean {
  return stems.some((stem) => suffixes.some((suffix) => name === `${stem}${suffix}`));
}
