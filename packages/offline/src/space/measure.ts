import { type SnapshotGraph, type SnapshotNode, SECTOR_SIZE } from '@ploop/descriptor';
import type { Plan } from '@ploop/descriptor/plan';
import { leastFirstBlock } from '@ploop/image/internal';

import { nextPresent, presence, WINDOW, type SpaceLayer } from './layer.ts';
import { createPlanTally, type SpaceChange } from './operations.ts';

/** Clusters of one image. */
interface ClusterCounts {
  readonly allocated: number;
  /** Of these, those that every child has a cluster of its own for. 0 where there is no child. */
  readonly shadowed: number;
  /** Of these, those that only the state of this very shot needs: all of a leaf, else what is shadowed. */
  readonly unique: number;
  /** Of these, those that more than one child sees. */
  readonly shared: number;
}

/** What to measure. */
export interface MeasureInput {
  readonly graph: SnapshotGraph;
  /** The name of the image that holds the data of a shot, as the descriptor writes it. */
  readonly fileOf: (shot: SnapshotNode) => string | undefined;
  /** Images that could be read, by name as the descriptor writes it. */
  readonly layers: ReadonlyMap<string, SpaceLayer>;
  readonly clusterBytes: number;
  readonly plans: readonly Plan[];
  /** Files that have other names as well, by name as the descriptor writes it. */
  readonly linked: ReadonlySet<string>;
  readonly signal?: AbortSignal | undefined;
}

/** Counts by name of the file, and changes in the order of the plans. */
export interface Measured {
  readonly counts: ReadonlyMap<string, ClusterCounts>;
  readonly changes: readonly SpaceChange[];
}

/** Goes through all BATs at once, a window at a time: memory is bounded by the number of images. */
export async function measure(input: MeasureInput): Promise<Measured> {
  const { layers, clusterBytes, plans, linked, signal } = input;
  let clusters = 0;
  for (const layer of layers.values()) clusters = Math.max(clusters, layer.clusters);
  const low = leastFirstBlock(clusters, clusterBytes / SECTOR_SIZE) * SECTOR_SIZE;
  const lowPlaces = new Map([...layers.keys()].map((file) => [file, new Set<number>()]));
  const tallies = plans.map((plan) =>
    createPlanTally(plan, { layers, lowPlaces, clusterBytes, linked }),
  );
  const counts = new Map<string, Count>();
  for (let first = 0; first < clusters; first = await nextWindow(layers, first, clusters, signal)) {
    signal?.throwIfAborted();
    const present = new Map<string, Uint8Array>();
    for (const [file, layer] of layers) {
      const places = lowPlaces.get(file);
      const note = (at: number): void => {
        if (at < low && at % clusterBytes === 0) places?.add(at);
      };
      present.set(file, await presence(layer, first, note));
    }
    count(input, present, counts);
    for (const tally of tallies) tally.add(present);
  }
  return { counts, changes: tallies.map((tally) => tally.result()) };
}

/** The next window in which an image may have a cluster: to read tables that allocate nothing costs little more. */
async function nextWindow(
  layers: MeasureInput['layers'],
  last: number,
  clusters: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const first = last + WINDOW;
  let end = clusters;
  for (const layer of layers.values()) {
    if (end <= first) break;
    if (layer.clusters <= first) continue;
    if (layer.layout === undefined) return first;
    end = Math.min(end, await nextPresent(layer, first, Math.min(end, layer.clusters), signal));
  }
  return end === clusters ? end : Math.max(first, end - (end % WINDOW));
}

interface Count {
  allocated: number;
  shadowed: number;
  unique: number;
  shared: number;
}

function count(
  { graph, fileOf }: MeasureInput,
  present: ReadonlyMap<string, Uint8Array>,
  counts: Map<string, Count>,
): void {
  for (const node of graph.nodes) {
    const file = fileOf(node);
    const own = file === undefined ? undefined : present.get(file);
    if (file === undefined || own === undefined) continue;
    const total = counts.get(file) ?? { allocated: 0, shadowed: 0, unique: 0, shared: 0 };
    counts.set(file, total);
    const children = graph.children(node.guid).map((child) => present.get(fileOf(child) ?? ''));
    for (const [cluster, isThere] of own.entries()) {
      if (isThere === 0) continue;
      total.allocated += 1;
      let seen = 0;
      for (const child of children) if (child?.[cluster] !== 1) seen += 1;
      if (seen === 0) total.unique += 1;
      if (seen === 0 && children.length > 0) total.shadowed += 1;
      if (seen > 1) total.shared += 1;
    }
  }
}
