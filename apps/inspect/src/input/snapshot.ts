import { Option } from '@commander-js/extra-typings';
import {
  DescriptorError,
  diagnostic,
  guidKey,
  parseGuidArgument,
  type Guid,
  type SnapshotGraph,
} from '@ploop/descriptor';
import type { ConfineOptions } from '@ploop/descriptor/node';
import { loadVolumes } from '@ploop/offline';

import { load, type Readable } from './load.ts';

/** `--snapshot NAME`. */
export const snapshotOption = new Option(
  '--snapshot <name>',
  'a GUID or the beginning of one, top, base, or the ID or name of a snapshot inside a qcow2 image (default: top, what the disk holds now)',
);

/**
 * The GUID of the snapshot that a person means, or `undefined` for the top: a GUID with or without braces, `top`, `base`,
 * the ID or name of a snapshot inside a qcow2 image, or the beginning of a GUID that no other has. Those of parent volumes count as well.
 *
 * @throws DescriptorError `SHOT_UNKNOWN`, `SNAPSHOT_AMBIGUOUS`, or as {@link loadVolumes} does.
 */
export async function snapshotNamed(
  path: string,
  name: string | undefined,
  options: ConfineOptions,
): Promise<string | undefined> {
  if (name === undefined || name === 'top') return undefined;
  const whole = parseGuidArgument(name);
  if (whole !== undefined) return whole;
  const { disk } = await load(path);
  if (disk?.alone?.snapshots.some((one) => one.id === name || one.name === name) === true)
    return name;
  const graphs = await graphsOf(disk, path, options);
  const guids = name === 'base' ? basesOf(graphs) : beginningWith(name, graphs);
  const [only, ...others] = new Map(guids.map((guid) => [guidKey(guid), guid])).values();
  if (only === undefined) throw new DescriptorError([diagnostic('SHOT_UNKNOWN', { guid: name })]);
  if (others.length > 0)
    throw new DescriptorError([
      diagnostic('SNAPSHOT_AMBIGUOUS', { name, candidates: [only, ...others] }),
    ]);
  return only;
}

/** The graph of a disk, then those of its parent volumes. */
async function graphsOf(
  disk: Readable | undefined,
  path: string,
  options: ConfineOptions,
): Promise<readonly SnapshotGraph[]> {
  if (disk?.descriptor.volume?.parent === undefined) return disk === undefined ? [] : [disk.graph];
  const { parents } = await loadVolumes(path, options);
  return [disk.graph, ...parents.flatMap(({ graph }) => graph ?? [])];
}

/** The oldest snapshot that the top consists of. */
function basesOf(graphs: readonly SnapshotGraph[]): readonly Guid[] {
  const [base] = graphs
    .toReversed()
    .flatMap((graph) => (graph.top === undefined ? [] : graph.chain(graph.top.guid).slice(0, 1)));
  return base === undefined ? [] : [base.guid];
}

function beginningWith(name: string, graphs: readonly SnapshotGraph[]): readonly Guid[] {
  const beginning = name.replace(/^\{/, '').toLowerCase();
  // Anything else cannot be the beginning of a GUID.
  if (!/^[0-9a-f][0-9a-f-]*$/.test(beginning)) return [];
  return graphs
    .flatMap((graph) => graph.nodes.map(({ guid }) => guid))
    .filter((guid) => guid.slice(1).toLowerCase().startsWith(beginning));
}
