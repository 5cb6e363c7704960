import { dirname, join } from 'node:path';

import {
  diagnostic,
  guidKey,
  resolveFile,
  type Diagnostic,
  type SnapshotNode,
} from '@ploop/descriptor';
import { parseSnapshotList } from '@ploop/descriptor/containers';
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
  const snapshots = graph.nodes.filter((node) => node !== graph.top && !node.temporary);
  if (within !== undefined && !isWithin(within, area)) {
    const bytes = yield* shortLength(file, snapshots.length);
    return bytes === undefined ? [] : yield* unlisted(directory, file, snapshots, bytes);
  }
  const list = yield* bytesAt(file, confinement);
  if (list === undefined) return [];
  const dumps = yield* entriesIn(join(area, 'dump'));
  const isListed = listedIn(list, dumps.map(({ name }) => name).join('\n'));
  return yield* unlisted(
    directory,
    file,
    snapshots.filter((node) => !isListed(node)),
  );
}

/** Whether a list or the names of dumps have a snapshot. */
function listedIn(list: Uint8Array, dumps: string): (node: SnapshotNode) => boolean {
  const { snapshots, fault } = parseSnapshotList(list);
  const listed = new Set(snapshots.map(({ guid }) => guidKey(guid)));
  // Of a list that is damaged, what follows the damage may have been lost.
  const text = [...(fault === undefined ? [] : [new TextDecoder().decode(list)]), dumps]
    .join('\n')
    .toLowerCase();
  return ({ guid }) => listed.has(guidKey(guid)) || text.includes(guidKey(guid).slice(1, -1));
}

function* unlisted(
  directory: string,
  file: string,
  nodes: readonly SnapshotNode[],
  bytes?: number,
): Steps<readonly Diagnostic[]> {
  if (nodes.length === 0) return [];
  let imageBytes = 0;
  for (const { image } of nodes)
    if (image !== undefined) imageBytes += yield* lengthOf(directory, image.file);
  const guids = nodes.map(({ guid }) => guid);
  const length = bytes === undefined ? {} : { bytes };
  return [diagnostic('SNAPSHOT_UNLISTED', { file, guids, imageBytes, ...length })];
}

/** Bytes of the file of an image in the directory of the disk; 0 for any other. */
function* lengthOf(directory: string, name: string): Steps<number> {
  const file = resolveFile(directory, name);
  if (dirname(file) !== directory) return 0;
  try {
    const status = yield* linkStatus(file);
    return status.isFile() ? Number(status.size) : 0;
  } catch {
    return 0;
  }
}

/** The length of a list that is too short for so many snapshots. */
function* shortLength(file: string, count: number): Steps<number | undefined> {
  try {
    const status = yield* linkStatus(file);
    const bytes = Number(status.size);
    return status.isFile() && bytes < LEAST_LIST + LEAST_ITEM * count ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function* bytesAt(file: string, confinement: Confinement): Steps<Uint8Array | undefined> {
  try {
    const opened = yield* openWithin(file, confinement);
    if (opened === undefined) return undefined;
    const { bytes } = yield* startOfOpen(opened, MOST_TEXT);
    return bytes;
  } catch (cause) {
    refuseTooManyOpen(file, cause);
    return undefined;
  }
}
