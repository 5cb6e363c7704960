import { guidKey } from '../guid.ts';
import type { Check } from './check.ts';

/** Two images or two shots with one GUID: look-ups find the first, mutations act on either. */
export const duplicateGuid: Check = ({ images, shots }, _graph, report) => {
  for (const [index, guid] of repeated(images))
    report('GUID_DUPLICATE', { guid }, { image: index });
  for (const [index, guid] of repeated(shots)) report('GUID_DUPLICATE', { guid }, { shot: index });
};

function* repeated(
  items: readonly { readonly guid: string }[],
): Generator<readonly [index: number, guid: string]> {
  const seen = new Set<string>();
  for (const [index, { guid }] of items.entries()) {
    const key = guidKey(guid);
    if (seen.has(key)) yield [index, guid];
    seen.add(key);
  }
}
