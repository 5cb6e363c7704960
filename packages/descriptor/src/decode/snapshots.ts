import type { Guid } from '../guid.ts';
import type { ReverseMerge, Shot } from '../model.ts';
import { child, type XmlElement } from '../xml/element.ts';
import { decodeGuid } from './guid.ts';
import { decodeList, type DecodedList } from './list.ts';
import type { Report } from './report.ts';

/** What `Snapshots` holds. */
export interface DecodedSnapshots {
  /** TopGUID, or Snapshots without one. */
  readonly place: XmlElement;
  readonly topGuid: Guid | undefined;
  /** Whether a TopGUID was there but unusable, in which case the tool assumes nothing. */
  readonly topRefused: boolean;
  readonly shots: DecodedList<Shot>;
}

/** `Snapshots`: TopGUID, and from the first `Shot` on every element, whatever its name. */
export function decodeSnapshots(root: XmlElement, report: Report): DecodedSnapshots | undefined {
  const snapshots = child(root, 'Snapshots');
  if (snapshots === undefined) {
    report('SNAPSHOTS_MISSING', {}, root);
    return undefined;
  }
  const top = child(snapshots, 'TopGUID');
  if (top !== undefined && top.text === undefined) report('TOP_GUID_EMPTY', {}, top);
  const topGuid = top?.text === undefined ? undefined : decodeGuid(top, report);
  return {
    place: top ?? snapshots,
    topGuid,
    topRefused: top !== undefined && topGuid === undefined,
    shots: decodeList(snapshots, 'Shot', (element) => decodeShot(element, report)),
  };
}

function decodeShot(element: XmlElement, report: Report): Shot | undefined {
  const guidElement = child(element, 'GUID');
  if (guidElement?.text === undefined) {
    report('SHOT_GUID_MISSING', { element: element.name }, guidElement ?? element);
    return undefined;
  }
  const guid = decodeGuid(guidElement, report);
  const parentElement = child(element, 'ParentGUID');
  if (parentElement?.text === undefined) {
    report('SHOT_PARENT_MISSING', { guid: guidElement.text }, parentElement ?? element);
    return undefined;
  }
  const parentGuid = decodeGuid(parentElement, report);
  const temporary = child(element, 'Temporary') !== undefined;
  if (guid === undefined || parentGuid === undefined) return undefined;
  const reverseMerge = decodeReverseMerge(element, guid, report);
  return { guid, parentGuid, temporary, ...(reverseMerge !== undefined && { reverseMerge }) };
}

/** Of several marks the last counts, in this order, as in release 9. */
function decodeReverseMerge(
  shot: XmlElement,
  guid: Guid,
  report: Report,
): ReverseMerge | undefined {
  const swap = child(shot, 'TemporaryZeroSwap');
  const zero = child(shot, 'TemporaryZero');
  const mark = swap ?? zero;
  if (mark !== undefined) report('REVERSE_MERGE_INTERRUPTED', { guid }, mark);
  return swap !== undefined ? 'zero-swap' : zero !== undefined ? 'zero' : undefined;
}
