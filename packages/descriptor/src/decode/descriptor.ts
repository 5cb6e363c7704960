import type { Subject } from '../diagnostics/report-finding.ts';
import { guidKey, NIL_GUID, sameGuid, TOP_GUID, type Guid } from '../guid.ts';
import type { DiskDescriptor, Shot } from '../model.ts';
import { isModern, type Release } from '../releases/release.ts';
import type { Place, XmlElement } from '../xml/element.ts';
import { decodeDiskParameters } from './disk-parameters.ts';
import { lostShot, type LostShot } from './lost-shot.ts';
import { isOfParallels } from './product.ts';
import type { Report } from './report.ts';
import { decodeSnapshots, type DecodedSnapshots } from './snapshots.ts';
import { decodeStorage } from './storage.ts';
import { decodeVolume } from './volume.ts';

/** More candidates for the top than this help nobody. */
const MOST_LEAVES = 8;

/** A descriptor and where its parts are. */
export interface DecodedDescriptor {
  readonly descriptor: DiskDescriptor;
  /** Whether no image and no shot had to be left out. */
  readonly complete: boolean;
  /** Where the n-th image or shot is; `undefined` for a shot that the tool adds. */
  readonly placeOf: (subject: Subject) => Place | undefined;
}

/**
 * The descriptor that the root element holds, with the validation and the fix-ups of a release, in its order. Releases
 * that know volumes validate none: its chain may go on in another directory.
 */
export function decodeDescriptor(
  root: XmlElement,
  release: Release,
  report: Report,
): DecodedDescriptor {
  const parameters = decodeDiskParameters(root, report);
  const volume = decodeVolume(root, isModern(release), report);
  const isValidated = volume === undefined || !isModern(release);
  const { images, split, ...storage } = decodeStorage(root, isValidated, parameters.size, report);
  const snapshots = decodeSnapshots(root, report);
  const described = {
    root: root.name,
    ...parameters,
    ...storage,
    ...(split !== undefined && { storages: split.map(({ part }) => part) }),
    ...(volume !== undefined && { volume }),
    images: images.items,
    shots: snapshots?.shots.items ?? [],
  };
  const placeOf = (subject: Subject): Place | undefined => {
    if ('shot' in subject) return snapshots?.shots.placeOf(subject.shot);
    const one = subject.storage === undefined ? undefined : split?.[subject.storage - 1];
    return 'image' in subject ? (one?.images ?? images).placeOf(subject.image) : one?.place;
  };
  if (snapshots === undefined) return { descriptor: described, complete: false, placeOf };
  const allShots = snapshots.shots.items.length === snapshots.shots.count;
  const lists = split?.map((one) => one.images) ?? [images];
  const complete = allShots && lists.every(({ items, count }) => items.length === count);
  if (!isValidated) {
    const { topGuid } = snapshots;
    const descriptor = topGuid === undefined ? described : { ...described, topGuid };
    return { descriptor, complete, placeOf };
  }
  const topGuid = settleTop(snapshots, images.count, isOfParallels(root), report);
  const lost = allShots
    ? lostShot(images.items, snapshots.shots.items, topGuid ?? TOP_GUID)
    : undefined;
  const shots = settleShots(snapshots, images.count, lost, report);
  const isMended = images.count === 0 || shots.length === images.count;
  // A shot that could not be read, or that the tool would add, may be the top: that has been reported already.
  const isKnown = allShots && (isMended || !sameGuid(topGuid ?? '', TOP_GUID));
  if (topGuid !== undefined && isKnown)
    validateTop(topGuid, shots, release, snapshots.place, report);
  const descriptor = { ...described, ...(topGuid !== undefined && { topGuid }), shots };
  return { descriptor, complete, placeOf };
}

/** Every release mends a descriptor whose images and shots differ in number by one shot for the top constant. */
function settleShots(
  { place, shots: { items, count } }: DecodedSnapshots,
  images: number,
  lost: LostShot | undefined,
  report: Report,
): readonly Shot[] {
  if (images === 0 || images === count) return items;
  // The tool refuses a descriptor in which one shot more does not make the numbers equal.
  if (images !== count + 1) {
    report('COUNT_MISMATCH', { images, shots: count }, place);
    return items;
  }
  if (lost !== undefined) report('SHOT_LOST', lost, place);
  report('SHOT_ASSUMED', { guid: TOP_GUID }, place);
  return [...items, { guid: TOP_GUID, parentGuid: NIL_GUID, temporary: false }];
}

/** @param isWithoutTop - Whether the product that wrote the descriptor never writes a TopGUID. */
function settleTop(
  { place, topGuid, topRefused, shots: { items, count } }: DecodedSnapshots,
  images: number,
  isWithoutTop: boolean,
  report: Report,
): Guid | undefined {
  if (topGuid !== undefined || topRefused) return topGuid;
  const assumed = images !== count || items.some(({ guid }) => sameGuid(guid, TOP_GUID));
  if (!assumed) report('TOP_GUID_MISSING', leavesOf(items), place);
  else if (!isWithoutTop) report('TOP_GUID_ASSUMED', { guid: TOP_GUID }, place);
  return assumed ? TOP_GUID : undefined;
}

/** The shots without children, if they are few enough to look at. */
function leavesOf(shots: readonly Shot[]): { readonly leaves?: readonly Guid[] } {
  const parents = new Set(shots.map(({ parentGuid }) => guidKey(parentGuid)));
  const leaves = shots.map(({ guid }) => guid).filter((guid) => !parents.has(guidKey(guid)));
  return leaves.length > 0 && leaves.length <= MOST_LEAVES ? { leaves } : {};
}

function validateTop(
  topGuid: Guid,
  shots: readonly Shot[],
  release: Release,
  place: XmlElement,
  report: Report,
): void {
  const top = shots.find(({ guid }) => sameGuid(guid, topGuid));
  if (top === undefined) report('TOP_GUID_UNKNOWN', { guid: topGuid, ...leavesOf(shots) }, place);
  else if (isTemporary(top, release)) report('TOP_TEMPORARY', { guid: topGuid }, place);
}

/** To releases 8 and 9 the marks of a reverse merge are kinds of temporary. */
function isTemporary({ temporary, reverseMerge }: Shot, release: Release): boolean {
  return temporary || (reverseMerge !== undefined && (release === '8' || release === '9'));
}
