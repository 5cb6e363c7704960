import { diagnostic, type Diagnostic } from './diagnostics/diagnostic.ts';
import type { Foreign } from './xml/foreign.ts';
import { createPlaces } from './xml/position.ts';

/**
 * What a document holds that the tool passes over and drops, one finding for each name. `mark` is the encoding of a byte
 * order mark.
 */
export function foreignFindings(
  text: string,
  { doctype, comments, elements, omitted }: Foreign,
  mark: string | undefined,
): readonly Diagnostic[] {
  const placeOf = createPlaces(text);
  const { count, first } = comments;
  return [
    ...(mark === undefined ? [] : [diagnostic('BYTE_ORDER_MARK', { encoding: mark })]),
    ...(doctype === undefined
      ? []
      : [diagnostic('DOCUMENT_TYPE', { external: doctype.external }, placeOf(doctype.start))]),
    ...(count === 0 ? [] : [diagnostic('COMMENT', { count }, placeOf(first))]),
    ...elements.map(({ element, count: times, path, offset }) =>
      diagnostic('ELEMENT_UNKNOWN', { element, count: times }, { path, ...placeOf(offset) }),
    ),
    ...(omitted === 0 ? [] : [diagnostic('FINDINGS_OMITTED', { count: omitted })]),
  ];
}
