import { parseGuid, type Guid } from '../guid.ts';
import type { XmlElement } from '../xml/element.ts';
import type { Report } from './report.ts';

/** The GUID an element holds; an invalid one is reported and left out. */
export function decodeGuid(element: XmlElement, report: Report): Guid | undefined {
  const text = element.text ?? '';
  const guid = parseGuid(text);
  if (guid === undefined) report('GUID_INVALID', { text }, element);
  return guid;
}
