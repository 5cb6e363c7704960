import { dirname, join } from 'node:path';

import { diagnostic, type Diagnostic } from '@ploop/descriptor';
import { type Steps, refuseTooManyOpen } from '@ploop/descriptor/internal';
import type { Confinement, LoadedDescriptor } from '@ploop/descriptor/node';
import { openWithin, startOfOpen, isWithin, entriesIn } from '@ploop/descriptor/node/internal';

/** More than the longest list of snapshots of a container. */
const MOST_TEXT = 4 * 1024 * 1024;

/**
 * The finding about snapshots that the container or virtual machine around a disk does not list, as steps. It is outside
 * the directory of the disk: nothing is looked at unless the confinement allows it.
 */
export function* unlistedSnapshots(
  { directory, graph }: LoadedDescriptor,
  confinement: Confinement,
): Steps<readonly Diagnostic[]> {
  const area = dirname(directory);
  const { within } = confinement;
  if (graph === undefined || (within !== undefined && !isWithin(within, area))) return [];
  const file = join(area, 'Snapshots.xml');
  const list = yield* textAt(file, confinement);
  if (list === undefined) return [];
  const dumps = yield* entriesIn(join(area, 'dump'));
  const listed = [list, ...dumps.map(({ name }) => name)].join('\n').toLowerCase();
  const guids = graph.nodes
    .filter((node) => node !== graph.top && !node.temporary)
    .map(({ guid }) => guid)
    .filter((guid) => !listed.includes(guid.slice(1, -1).toLowerCase()));
  return guids.length === 0 ? [] : [diagnostic('SNAPSHOT_UNLISTED', { file, guids })];
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
