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

import { containerAround } from './container.ts';
import { load, type Readable } from './load.ts';

/** `--snapshot NAME`. */
export const snapshotOption = new Option(
  '--snapshot <name>',
  'a GUID, top, base, a name in Snapshots.xml, the beginning of a GUID, or the ID or name of a snapshot inside a qcow2 image (default: top, what the disk holds now)',
);

/** What an argument that names a snapshot can be. */
export const SNAPSHOT_NAME =
  'a snapshot: a GUID, top, base, a name in Snapshots.xml, or the beginning of a GUID';

/**
 * The GUID of the snapshot that a person means, or `undefined` for the top: a GUID with or without braces, `top`, `base`,
 * the whole name that the container has for it, the ID or name of a snapshot inside a qcow2 image, or the beginning of a
 * GUID that no other has, in this order. Snapshots of parent volumes count as well.
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
  const guids =
    name === 'base'
      ? basesOf(graphs)
      : await firstOf([
          () => calledIn(disk, name, graphs, options),
          () => Promise.resolve(beginningWith(name, graphs)),
        ]);
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

async function firstOf(
  ways: readonly (() => Promise<readonly Guid[]>)[],
): Promise<readonly Guid[]> {
  for (const way of ways) {
    const guids = await way();
    if (guids.length > 0) return guids;
  }
  return [];
}

/** The snapshots that the container around the disk calls so. */
async function calledIn(
  disk: Readable | undefined,
  name: string,
  graphs: readonly SnapshotGraph[],
  options: ConfineOptions,
): Promise<readonly Guid[]> {
  // Most snapshots of some containers have no name.
  if (name === '') return [];
  const container = disk && (await containerAround(disk.directory, options));
  const called = container?.snapshots.filter((saved) => saved.name === name) ?? [];
  return called.flatMap(({ guid }) =>
    graphs.some((graph) => graph.node(guid) !== undefined) ? [guid] : [],
  );
}

function beginningWith(name: string, graphs: readonly SnapshotGraph[]): readonly Guid[] {
  const beginning = name.replace(/^\{/, '').toLowerCase();
  // Anything else cannot be the beginning of a GUID.
  if (!/^[0-9a-f][0-9a-f-]*$/.test(beginning)) return [];
  return graphs
    .flatMap((graph) => graph.nodes.map(({ guid }) => guid))
    .filter((guid) => guid.slice(1).toLowerCase().startsWith(beginning));
}
