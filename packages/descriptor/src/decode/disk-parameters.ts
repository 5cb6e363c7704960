import { sectors, type Sectors } from '../units.ts';
import { child, type XmlElement } from '../xml/element.ts';
import { parseUnsigned } from '../xml/number.ts';
import type { Report } from './report.ts';

/** `Disk_Parameters`: the virtual size. A size that is no number is 0 for the tool, which says nothing of it. */
export function decodeDiskParameters(root: XmlElement, report: Report): Sectors {
  const parameters = child(root, 'Disk_Parameters');
  if (parameters === undefined) report('DISK_PARAMETERS_MISSING', {}, root);
  const element = child(parameters, 'Disk_size');
  if (element === undefined) return sectors(0);
  const text = element.text ?? '';
  const size = parseUnsigned(text);
  if (size === undefined) {
    report('DISK_SIZE_UNREADABLE', { text }, element);
    return sectors(0);
  }
  if (size > Number.MAX_SAFE_INTEGER) report('DISK_SIZE_INEXACT', { text }, element);
  return sectors(Number(size));
}
