import { DescriptorError, toBytes } from '@ploop/descriptor';
import { done, type ImageSource, type Steps } from '@ploop/descriptor/internal';

import type { OpenImage } from '../image-format.ts';
import type { ImageSegment } from '../image-segment.ts';
import { tableLost } from './check/table-lost.ts';
import { sharedPlaces, type SharedPlaces } from './check/shared-places.ts';
import type { ImageLayout } from './layout.ts';
import { mapPloop } from './map-ploop.ts';
import type { DescribedPloop, PloopDescription } from './ploop-description.ts';
import { nextAllocated } from './table/bat.ts';

/**
 * Opens a ploop image.
 *
 * @throws DescriptorError with code `HEADER_TOO_SHORT` or `HEADER_INVALID`.
 */
export function openPloop(
  source: ImageSource,
  { description, diagnostics }: DescribedPloop,
): Steps<OpenImage> {
  const { layout, size } = description;
  const [first, ...rest] = diagnostics.filter(({ severity }) => severity === 'error');
  if (first !== undefined) throw new DescriptorError([first, ...rest]);
  if (layout === undefined || size === undefined)
    throw new TypeError('an image can either be read or a finding says why not');
  return done(imageOf(source, { ...description, size }, layout, undefined));
}

function imageOf(
  source: ImageSource,
  description: PloopDescription & Required<Pick<PloopDescription, 'size'>>,
  layout: ImageLayout,
  shared: SharedPlaces | undefined,
): OpenImage {
  const { clusterBytes, clusters, dataStart } = layout;
  const image: OpenImage = {
    size: toBytes(description.size),
    clusterSize: clusterBytes,
    sameClusters: true,
    inFile: true,
    tableBytes: dataStart,
    map: (first, count): Steps<readonly ImageSegment[]> =>
      mapPloop({ source, layout, shared }, first, count),
    nextAllocated: async (first, end) => {
      const from = Math.floor(first / clusterBytes);
      const to = Math.min(clusters, Math.ceil(end / clusterBytes));
      if (from >= to) return end;
      const found = await nextAllocated(source, from, to);
      return found < to ? Math.max(first, found * clusterBytes) : end;
    },
    guarded: async (other, signal) => {
      const places = await sharedPlaces(other, layout, signal);
      if (other === source && places === undefined) return image;
      return imageOf(other, description, layout, places);
    },
    lostData: (signal) => tableLost(source, description, layout, signal),
  };
  return image;
}
