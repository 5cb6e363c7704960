import { NIL_GUID, sameGuid, TOP_GUID, type Guid } from '../guid.ts';
import type { DiskDescriptor, Shot } from '../model.ts';
import type { XmlElement } from '../xml/element.ts';
import { decodeDiskParameters } from './disk-parameters.ts';
import type { Report } from './report.ts';
import { decodeSnapshots, type DecodedSnapshots } from './snapshots.ts';
import { decodeStorage } from './storage.ts';

/** The descriptor that the root element holds, with the tool's own validation and fix-ups, in the tool's order. */
export function decodeDescriptor(root: XmlElement, report: Report): DiskDescriptor {
  const size = decodeDiskParameters(root, report);
  const { imageElements, ...storage } = decodeStorage(root, report);
  const snapshots = decodeSnapshots(root, report);

  const described = { root: root.name, size, ...storage };
  if (snapshots === undefined) return { ...described, shots: [] };
  const topGuid = settleTop(snapshots, imageElements, report);
  const shots = settleShots(snapshots, imageElements, report);
  if (topGuid === undefined) return { ...described, shots };
  // A shot that could not be read may have been the top: it has been reported already.
  if (snapshots.shots.length === snapshots.shotElements)
    validateTop(topGuid, shots, snapshots.place, report);
  return { ...described, topGuid, shots };
}

/** Every release mends a descriptor whose images and shots differ in number by one shot for the top constant. */
function settleShots(
  { place, shots, shotElements }: DecodedSnapshots,
  imageElements: number,
  report: Report,
): readonly Shot[] {
  if (imageElements === 0 || imageElements === shotElements) return shots;
  report('SHOT_ASSUMED', { guid: TOP_GUID }, place);
  if (imageElements !== shotElements + 1)
    report('COUNT_MISMATCH', { images: imageElements, shots: shotElements }, place);
  return [...shots, { guid: TOP_GUID, parentGuid: NIL_GUID, temporary: false }];
}

function settleTop(
  { place, topGuid, topRefused, shots, shotElements }: DecodedSnapshots,
  imageElements: number,
  report: Report,
): Guid | undefined {
  if (topGuid !== undefined || topRefused) return topGuid;
  const assumed =
    imageElements !== shotElements || shots.some(({ guid }) => sameGuid(guid, TOP_GUID));
  if (assumed) report('TOP_GUID_ASSUMED', { guid: TOP_GUID }, place);
  else report('TOP_GUID_MISSING', {}, place);
  return assumed ? TOP_GUID : undefined;
}

function validateTop(
  topGuid: Guid,
  shots: readonly Shot[],
  place: XmlElement,
  report: Report,
): void {
  const top = shots.find(({ guid }) => sameGuid(guid, topGuid));
  if (top === undefined) report('TOP_GUID_UNKNOWN', { guid: topGuid }, place);
  else if (top.temporary) report('TOP_TEMPORARY', { guid: topGuid }, place);
}
