import { join } from 'node:path';

import type { Diagnostic } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import { runAsync } from '@ploop/descriptor/internal';
import { type ConfineOptions, DESCRIPTOR_NAME } from '@ploop/descriptor/node';
import { confinementOf, realPath, readable } from '@ploop/descriptor/node/internal';

import { OFFLINE } from '../arguments.ts';
import { linksOutside } from '../beside/side-links.ts';
import { diskAt } from '../disk/load-disk.ts';
import { outsideImages } from '../disk/outside-images.ts';
import { placedImages } from '../disk/placed-images.ts';

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
  requireCall(OFFLINE.findOutside, [path, options]);
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
  requireCall(OFFLINE.findLinksOutside, [directory, image, options]);
  const { confine } = options;
  const real = await runAsync(readable(directory, realPath(directory)));
  const confinement = await runAsync(confinementOf(real, { confine }));
  return linksOutside(join(real, DESCRIPTOR_NAME), [image], confinement);
}
