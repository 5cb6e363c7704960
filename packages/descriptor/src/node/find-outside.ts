import { join } from 'node:path';

import { NODE } from '../arguments/node.ts';
import { requireCall } from '../arguments/require.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { runAsync } from '../steps.ts';
import { confinementOf, type ConfineOptions } from './confine.ts';
import { realPath } from './files.ts';
import { DESCRIPTOR_NAME } from './load-descriptor.ts';
import { readable } from './readable.ts';
import { diskAt } from './load-disk.ts';
import { outsideImages } from './outside-images.ts';
import { placedImages } from './placed-images.ts';
import { linksOutside } from './side-links.ts';

/**
 * What of a disk leads outside and would be opened by the tool: images, by the rules of any release; parent volumes;
 * symlinks at names that the tool writes to. Opens descriptors and nothing else.
 *
 * @param path - The descriptor, or the directory that holds it.
 * @throws DescriptorError with code `FILE_UNREADABLE`.
 */
export async function findOutside(
  path: string,
  options: ConfineOptions = {},
): Promise<readonly Diagnostic[]> {
  requireCall(NODE.findOutside, [path, options]);
  const { confine } = options;
  const loaded = await runAsync(diskAt(path, undefined, { confine }));
  const confinement = await runAsync(confinementOf(loaded.directory, { confine }));
  if (confinement.within === undefined) return [];
  const placed = placedImages(loaded);
  const findings = [
    ...loaded.diagnostics.filter(({ code }) => code === 'VOLUME_OUTSIDE'),
    ...(await runAsync(outsideImages(placed, placed, confinement))),
  ];
  if (findings.length > 0) return findings;
  return linksOutside(
    loaded.path,
    placed.map(({ file }) => file),
    confinement,
  );
}

/**
 * The symlinks that the tool would write through when it makes a descriptor for an image, as far as they lead outside the
 * directory of the new descriptor.
 *
 * @param directory - Where the descriptor is to be.
 * @param image - Absolute path of the image.
 * @throws DescriptorError with code `FILE_UNREADABLE` if there is no such directory.
 */
export async function findLinksOutside(
  directory: string,
  image: string,
  options: ConfineOptions = {},
): Promise<readonly Diagnostic[]> {
  requireCall(NODE.findLinksOutside, [directory, image, options]);
  const { confine } = options;
  const real = await runAsync(readable(directory, realPath(directory)));
  const confinement = await runAsync(confinementOf(real, { confine }));
  return linksOutside(join(real, DESCRIPTOR_NAME), [image], confinement);
}
