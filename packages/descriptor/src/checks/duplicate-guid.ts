import type { Check } from './check.ts';

/** Two images or two shots with one GUID: look-ups find the first, mutations act on either. */
export const duplicateGuid: Check = ({ images, shots }, { links }, report) => {
  for (const [index, first] of links.firstImages.entries())
    if (first !== index)
      report('GUID_DUPLICATE', { guid: images[index]?.guid ?? '' }, { image: index });
  for (const [index, first] of links.firsts.entries())
    if (first !== index)
      report('GUID_DUPLICATE', { guid: shots[index]?.guid ?? '' }, { shot: index });
};
