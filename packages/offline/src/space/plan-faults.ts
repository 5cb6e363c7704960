import { type Diagnostic, sameGuid } from '@ploop/descriptor';
import { imageWritten } from '@ploop/descriptor/internal';
import { imageSteps, type Plan } from '@ploop/descriptor/plan';
import { type ImageCheck, stepFaults } from '@ploop/image';
import { withPlace, type Place } from '@ploop/image/internal';

import type { PlacedImage } from '../disk/placed-images.ts';
import { rivalFaults } from '../guard/rival-faults.ts';
import type { OpenedImage } from './open-disk-images.ts';

/**
 * Why plans must not be carried out on images that have been read already: files lie outside the disk's directory, or what
 * `stepFindings` reports of images that it reads itself.
 *
 * @param images - Of the disk itself.
 * @param around - What is known of the files of the images.
 */
export function planFaultsOf(
  images: readonly PlacedImage[],
  opened: readonly OpenedImage[],
  around: readonly Diagnostic[],
): (plan: Plan) => readonly Diagnostic[] {
  const checks = new Map<string, ImageCheck>();
  for (const { placed, check } of opened)
    if (placed.volume === undefined && !checks.has(placed.image.file))
      checks.set(placed.image.file, withPlace(check, placeOf(placed), placed.stated));
  const files = new Map(images.map(({ image, file }) => [image.file, file]));
  const always = ['DELTA_OUTSIDE', 'LINK_OUTSIDE', 'DELTA_SHARED'].flatMap((one) =>
    around.filter(({ code }) => code === one),
  );
  return (plan) => {
    const steps = imageSteps([plan]);
    const written = new Set(steps.flatMap((step) => files.get(imageWritten(step) ?? '') ?? []));
    const linked = around.filter(
      ({ code, data }) => code === 'IMAGE_LINKED' && written.has(data.file),
    );
    const rivals = rivalFaults(around, steps, (name) => files.get(name));
    const faults = steps.flatMap((step) => stepFaults(step, (name) => checks.get(name)));
    return [...always, ...linked, ...rivals, ...faults];
  };
}

function placeOf({ guid, rawBase, owner: { topGuid } }: PlacedImage): Place {
  return { isBase: rawBase, isTop: topGuid !== undefined && sameGuid(guid, topGuid) };
}
