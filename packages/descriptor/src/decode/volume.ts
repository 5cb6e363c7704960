import type { Volume } from '../model.ts';
import { child, type XmlElement } from '../xml/element.ts';
import type { Report } from './report.ts';

/** What of a volume must not be empty where it is there. */
const TEXTS = ['Parent', 'SnapshotGUID'] as const;

/** `StorageData/Volume`, which releases up to 1.15 do not know: they refuse nothing in it. */
export function decodeVolume(
  root: XmlElement,
  isRead: boolean,
  report: Report,
): Volume | undefined {
  const element = child(child(root, 'StorageData'), 'Volume');
  if (element === undefined) return undefined;
  for (const name of isRead ? TEXTS : []) {
    const found = child(element, name);
    if (found !== undefined && found.text === undefined)
      report('VOLUME_INVALID', { element: name }, found);
  }
  const parent = child(element, 'Parent')?.text;
  const snapshotGuid = child(element, 'SnapshotGUID')?.text;
  return {
    ...(parent !== undefined && { parent }),
    ...(snapshotGuid !== undefined && { snapshotGuid }),
    readOnly: child(element, 'ReadOnly') !== undefined,
  };
}
