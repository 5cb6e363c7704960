import type { Volume } from '../model.ts';
import { child, type XmlElement } from '../xml/element.ts';

/** `StorageData/Volume`, which releases up to 1.15 do not know. */
export function decodeVolume(root: XmlElement): Volume | undefined {
  const element = child(child(root, 'StorageData'), 'Volume');
  if (element === undefined) return undefined;
  const parent = child(element, 'Parent')?.text;
  const snapshotGuid = child(element, 'SnapshotGUID')?.text;
  return {
    ...(parent !== undefined && { parent }),
    ...(snapshotGuid !== undefined && { snapshotGuid }),
    readOnly: child(element, 'ReadOnly') !== undefined,
  };
}
