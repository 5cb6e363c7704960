import type { Diagnostic, Guid, Image } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import { append, findingsIn, hintedTogether, runAsync } from '@ploop/descriptor/internal';
import type { ConfineOptions } from '@ploop/descriptor/node';
import { confinementOf } from '@ploop/descriptor/node/internal';
import type { ImageCheck } from '@ploop/image';

import { OFFLINE } from '../arguments.ts';
import { diskAt, diskFindings, ofVolume, type LoadedDisk } from '../disk/load-disk.ts';
import { placedImages } from '../disk/placed-images.ts';
import { betweenImages, compareTops } from './between-images.ts';
import { checkContent } from './check-content.ts';
import { checkFiles } from './check-files.ts';
import { isTold } from './check-images.ts';
import { checkedImage, type CheckedImage } from './checked-image.ts';
import { withLostCause } from './lost-cause.ts';
import { withLostImages } from './lost-images.ts';
import { parentsNewer } from './parents-newer.ts';
import { withTemporaryImages } from './temporary-images.ts';
import { withLeftovers } from './undescribed.ts';
import { wholeBelow } from './whole-below.ts';

/** One image of a disk, checked. */
export interface DiskImageCheck extends ImageCheck {
  readonly guid: Guid;
  /** Absolute path of the descriptor that it belongs to, where that is a parent volume's. */
  readonly disk?: string;
}

/** Everything that is wrong with a disk. */
export interface DiskCheck {
  readonly loaded: LoadedDisk;
  /** Those that could be read, in the order of the descriptor; then those of parent volumes, the nearest first. */
  readonly images: readonly DiskImageCheck[];
  /** Of the descriptor, of the directory, then of the images in the order of the descriptor; `disk` says whose. */
  readonly diagnostics: readonly Diagnostic[];
}

/** How to check a disk. */
export interface CheckDiskOptions extends ConfineOptions {
  /** Whether to read the BATs as well, all of them. Default: no. */
  readonly deep?: boolean;
  /** Ends the check, which throws the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Checks a disk, and changes nothing: the descriptor against itself, against its directory, against the headers of all
 * images, branches that the top does not need included, and the images against each other. With `deep` the BATs as
 * well, which takes time proportional to their size. Parent volumes are followed and looked at in the same way.
 *
 * @param path - The descriptor, or the directory that holds it.
 * @throws DescriptorError with code `FILE_UNREADABLE` where there is no descriptor, and what interrupted operations have left
 * in the directory; the reason of `signal`.
 */
export async function checkDisk(path: string, options: CheckDiskOptions = {}): Promise<DiskCheck> {
  requireCall(OFFLINE.checkDisk, [path, options]);
  const { deep = false, signal, confine } = options;
  const loading = runAsync(diskAt(path, undefined, { confine }));
  const loaded = await loading.catch(async (error: unknown) => {
    throw await withLeftovers(path, error);
  });
  const confinement = await runAsync(confinementOf(loaded.directory, { confine }));
  const { descriptor, graph } = loaded;
  const around = await checkFiles(loaded, { signal, confine });
  const sized = await withTemporaryImages(diskFindings(loaded), loaded, confinement);
  const described = await withLostImages(sized, loaded, confinement, signal);
  const findings = [...described, ...around];
  if (descriptor === undefined || graph === undefined)
    return { loaded, images: [], diagnostics: findings };

  const checks = new Map<Image, CheckedImage>();
  for (const placed of placedImages(loaded)) {
    signal?.throwIfAborted();
    const { image, rawBase, volume } = placed;
    // Named by findings already, and not to be opened.
    if (isTold(around, placed)) continue;
    try {
      const checked = await checkedImage(placed, confinement, { deep, rawBase, signal });
      const place = { descriptor: placed.owner, directory: placed.directory };
      const disk = { ...place, confinement, signal };
      checks.set(image, { ...checked, check: await withLostCause(checked.check, placed, disk) });
    } catch (error) {
      append(findings, ofVolume(volume, findingsIn(error)));
    }
  }
  const places = betweenImages([...checks.values()]);
  const judged = [...checks.values()].map(({ placed, check }) => ({
    placed,
    findings: [...check.diagnostics, ...(places.get(placed) ?? [])],
  }));
  const withWhole = wholeBelow(graph, judged, descriptor.storages?.length ?? 1);
  const images = [...checks.values()].map(({ placed, check }) => ({
    ...check,
    diagnostics: withWhole(placed, ofVolume(placed.volume, check.diagnostics)),
    guid: placed.image.guid,
    ...(placed.volume === undefined ? {} : { disk: placed.volume.path }),
  }));
  for (const { diagnostics } of images) append(findings, diagnostics);
  for (const [placed, found] of places) append(findings, withWhole(placed, found));
  if (deep) append(findings, parentsNewer([...checks.values()]));
  append(findings, compareTops([...checks.values()]));
  signal?.throwIfAborted();
  if (deep) append(findings, await checkContent(loaded.path, { confine }));
  return { loaded, images, diagnostics: hintedTogether(findings) };
}
