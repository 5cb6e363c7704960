import { guidKey } from '../guid.ts';
import type { Check } from './check.ts';

/** A shot without image has no data; an image without shot belongs to no state of the disk. */
export const unpaired: Check = ({ images, shots }, graph, report) => {
  for (const [index, { guid, image }] of graph.nodes.entries())
    if (image === undefined) report('SHOT_WITHOUT_IMAGE', { guid }, { shot: index });
  const known = new Set(shots.map(({ guid }) => guidKey(guid)));
  for (const [index, { guid }] of images.entries())
    if (!known.has(guidKey(guid))) report('IMAGE_WITHOUT_SHOT', { guid }, { image: index });
};
