import type { Image, ImageType } from '../model.ts';
import { child, type XmlElement } from '../xml/element.ts';
import { decodeGuid } from './guid.ts';
import type { Report } from './report.ts';

/** One `Image`; one without a usable GUID or file is reported and left out. */
export function decodeImage(element: XmlElement, report: Report): Image | undefined {
  const guidElement = child(element, 'GUID');
  if (guidElement === undefined) {
    report('IMAGE_GUID_MISSING', { element: element.name }, element);
    return undefined;
  }
  const guid = decodeGuid(guidElement, report);
  const fileElement = child(element, 'File');
  const file = fileElement?.text;
  if (file === undefined)
    report('IMAGE_FILE_MISSING', { guid: guidElement.text ?? '' }, fileElement ?? element);
  const type = decodeType(element, report);
  return guid === undefined || file === undefined ? undefined : { guid, type, file };
}

function decodeType(image: XmlElement, report: Report): ImageType {
  const element = child(image, 'Type');
  const text = element?.text;
  if (text === 'Plain') return 'Plain';
  if (text !== 'Compressed') report('IMAGE_TYPE_UNKNOWN', { text: text ?? '' }, element ?? image);
  return 'Compressed';
}
