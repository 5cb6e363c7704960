import { basename, join } from 'node:path';

import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { DiskDescriptor } from '../../model.ts';
import { resolveFile } from '../../resolve-file.ts';
import type { Steps } from '../../steps.ts';
import { storagesOf } from '../../storages.ts';
import type { Confinement } from '../confine.ts';
import { entriesIn } from './entries.ts';
import { lookAt, type FileLook } from './look.ts';
import { otherDescriptor } from './rival.ts';

/** A descriptor, and where it is. */
export interface PlacedDescriptor {
  readonly descriptor: DiskDescriptor;
  readonly path: string;
  readonly directory: string;
  readonly confinement: Confinement;
}

/** The findings about other descriptors beside one that name images which it does not, as steps. */
export function* rivalsOf({
  descriptor,
  path,
  directory,
  confinement,
}: PlacedDescriptor): Steps<readonly Diagnostic[]> {
  const images = storagesOf(descriptor).flatMap((storage) => storage.images);
  const paths = new Set(images.map(({ file }) => resolveFile(directory, file)));
  // An image that is read alone has no descriptor that another could contradict.
  if (paths.has(path)) return [];
  const looks: FileLook[] = [];
  for (const { name } of yield* entriesIn(directory)) {
    const file = join(directory, name);
    if (name === basename(path) || paths.has(file)) continue;
    const look = yield* lookAt(directory, file, confinement);
    if (look !== undefined) looks.push(look);
  }
  return looks.flatMap((look) => {
    const finding = otherDescriptor(look, looks, { paths, inodes: new Map() });
    return finding?.code === 'DESCRIPTOR_RIVAL' ? [finding] : [];
  });
}
