import { dirname, join } from 'node:path';

import { diagnostic, type Diagnostic, type Guid } from '@ploop/descriptor';
import { type Steps, refuseTooManyOpen } from '@ploop/descriptor/internal';
import type { Confinement, LoadedDescriptor } from '@ploop/descriptor/node';
import {
  openWithin,
  startOfOpen,
  isWithin,
  entriesIn,
  linkStatus,
} from '@ploop/descriptor/node/internal';

/** More than the longest list of snapshots of a container. */
const MOST_TEXT = 4 * 1024 * 1024;

/** The shortest text of a list that is empty, and what each snapshot adds at least: an element with its GUID. */
const [LEAST_LIST, LEAST_ITEM] = [45, 57];

/**
 * The finding about snapshots that the container or virtual machine around a disk does not list, as steps. It is outside
 * the directory of the disk: nothing is opened unless the confinement allows it, and its length alone shows a list that
 * is too short.
 */
export function* unlistedSnapshots(
  { directory, graph }: LoadedDescriptor,
  confinement: Confinement,
): Steps<readonly Diagnostic[]> {
  const area = dirname(directory);
  const { within } = confinement;
  if (graph === undefined) return [];
  const file = join(area, 'Snapshots.xml');
  const snapshots = graph.nodes
    .filter((node) => node !== graph.top && !node.temporary)
    .map(({ guid }) => guid);
  if (within !== undefined && !isWithin(within, area)) return yield* byLength(file, snapshots);
  const list = yield* textAt(file, confinement);
  if (list === undefined) return [];
  const dumps = yield* entriesIn(join(area, 'dump'));
  const listed = [list, ...dumps.map(({ name }) => name)].join('\n').toLowerCase();
  const guids = snapshots.filter((guid) => !listed.includes(guid.slice(1, -1).toLowerCase()));
  return guids.length === 0 ? [] : [diagnostic('SNAPSHOT_UNLISTED', { file, guids })];
}

function* byLength(file: string, guids: readonly Guid[]): Steps<readonly Diagnostic[]> {
  try {
    const status = yield* linkStatus(file);
    const bytes = Number(status.size);
    const isShort = status.isFile() && bytes < LEAST_LIST + LEAST_ITEM * guids.length;
    return isShort && guids.length > 0
      ? [diagnostic('SNAPSHOT_UNLISTED', { file, guids, bytes })]
      : [];
  } catch {
    return [];
  }
}

function* textAt(file: string, confinement: Confinement): Steps<string | undefined> {
  try {
    const opened = yield* openWithin(file, confinement);
    if (opened === undefined) return undefined;
    const { bytes } = yield* startOfOpen(opened, MOST_TEXT);
    return new TextDecoder().decode(bytes);
  } catch (cause) {
    refuseTooManyOpen(file, cause);
    return undefined;
  }
}
