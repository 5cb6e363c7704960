import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { runAsync } from '../steps.ts';
import { confinementOf, type ConfineOptions } from './confine.ts';
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
  { confine }: ConfineOptions = {},
): Promise<readonly Diagnostic[]> {
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
