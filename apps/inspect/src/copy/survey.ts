import { DescriptorError, diagnostic } from '@ploop/descriptor';
import type { DiskFiles } from '@ploop/offline';

import { partsOf, type Folding } from './destination.ts';

/** A source, and the names that it gets below the destination. */
export interface Source {
  readonly path: string;
  readonly below: readonly string[];
}

/**
 * The bytes of what is to be copied.
 *
 * @throws DescriptorError `NAMES_COLLIDE` if two files would have one name.
 */
export async function survey(
  files: DiskFiles,
  sources: readonly Source[],
  fold: Folding,
): Promise<number> {
  const taken = new Map<string, string>();
  let bytes = 0;
  for (const source of sources)
    for await (const { path, stat } of files.walk(source.path)) {
      const key = fold(targetOf(source, path).join('/'));
      const other = taken.get(key);
      if (other !== undefined && key !== '')
        throw new DescriptorError([diagnostic('NAMES_COLLIDE', { path, other })]);
      taken.set(key, path);
      if (stat?.type === 'file') bytes += stat.size;
    }
  return bytes;
}

/** The names of an entry of a walk below the destination. */
export function targetOf({ path, below }: Source, entry: string): readonly string[] {
  return [...below, ...partsOf(entry).slice(partsOf(path).length)];
}
