import type { Check } from './check.ts';

/** A shot without image has no data; an image without shot belongs to no state of the disk. */
export const unpaired: Check = ({ images }, { links }, report) => {
  for (const [index, { guid, image }] of links.nodes.entries())
    if (image === undefined) report('SHOT_WITHOUT_IMAGE', { guid }, { shot: index });
  for (const [index, shot] of links.shotsOfImages.entries())
    if (shot < 0)
      report('IMAGE_WITHOUT_SHOT', { guid: images[index]?.guid ?? '' }, { image: index });
};
