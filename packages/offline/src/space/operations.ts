import { SECTOR_SIZE } from '@ploop/descriptor';
import type { Plan, PlannedAction } from '@ploop/descriptor/plan';
import { leastFirstBlock } from '@ploop/image/internal';

import type { SpaceLayer } from './layer.ts';

/** What an operation does to the space of a disk, in bytes. */
export interface SpaceChange {
  /** What the files take less afterwards; less than 0 where they take more. */
  readonly frees: number;
  /** Data that are copied. */
  readonly moves: number;
  /** What files grow by before others are removed: free space that must be there. */
  readonly needs: number;
}

/** Follows what a plan does to the clusters of files, window by window. */
export interface PlanTally {
  /** `present`: by name of the file, which clusters of the window it has. */
  readonly add: (present: ReadonlyMap<string, Uint8Array>) => void;
  readonly result: () => SpaceChange;
}

interface Layers {
  readonly layers: ReadonlyMap<string, SpaceLayer>;
  /** Places of clusters that a longer BAT might need, by name of the file, in bytes. */
  readonly lowPlaces: ReadonlyMap<string, ReadonlySet<number>>;
  readonly clusterBytes: number;
  /** Names of files that have other names as well: removing one of them frees nothing. */
  readonly linked: ReadonlySet<string>;
}

type Merge = Extract<PlannedAction, { readonly action: 'merge' }>;

/** A tally of nothing yet. */
export function createPlanTally({ actions }: Plan, layers: Layers): PlanTally {
  const merges = actions.filter((action): action is Merge => action.action === 'merge');
  const copied = merges.map(() => 0);
  const added = merges.map(() => 0);
  return {
    add: (present) => {
      const state = new Map(present);
      for (const [index, { file, into }] of merges.entries()) {
        const [upper, lower] = [state.get(file), state.get(into)];
        if (upper === undefined || lower === undefined) continue;
        const merged = lower.slice();
        for (const [cluster, isThere] of upper.entries()) {
          if (isThere === 0) continue;
          copied[index] = (copied[index] ?? 0) + 1;
          if (merged[cluster] === 0) added[index] = (added[index] ?? 0) + 1;
          merged[cluster] = 1;
        }
        state.set(into, merged);
      }
    },
    result: () => changeOf(actions, copied, added, layers),
  };
}

function changeOf(
  actions: readonly PlannedAction[],
  copied: readonly number[],
  added: readonly number[],
  { layers, lowPlaces, clusterBytes, linked }: Layers,
): SpaceChange {
  const sizes = new Map<string, number>();
  const starts = new Map<string, number>();
  const sizeOf = (file: string): number => sizes.get(file) ?? layers.get(file)?.source.bytes ?? 0;
  let [frees, moves, needs, merge] = [0, 0, 0, 0];
  for (const step of actions) {
    if (step.action === 'remove' && !linked.has(step.file)) frees += sizeOf(step.file);
    if (step.action !== 'merge') continue;
    const [upper, lower] = [layers.get(step.file), layers.get(step.into)];
    const [copies, additions] = [copied[merge] ?? 0, added[merge] ?? 0];
    merge += 1;
    moves += copies * clusterBytes;
    if (upper === undefined || lower === undefined) continue;
    const before = sizeOf(step.into);
    let after = Math.max(before, upper.clusters * clusterBytes);
    if (lower.layout !== undefined) {
      const blockSize = clusterBytes / SECTOR_SIZE;
      const start = starts.get(step.into) ?? lower.layout.dataStart;
      const needed = leastFirstBlock(upper.clusters, blockSize) * SECTOR_SIZE;
      const newStart = Math.max(start, needed);
      starts.set(step.into, newStart);
      const places = lowPlaces.get(step.into) ?? [];
      const relocated = [...places].filter((place) => place >= start && place < newStart).length;
      const end = Math.max(newStart, Math.floor(before / clusterBytes) * clusterBytes);
      after = Math.max(before, end + (relocated + additions) * clusterBytes);
      moves += relocated * clusterBytes;
    }
    sizes.set(step.into, after);
    needs += after - before;
    frees -= after - before;
  }
  return { frees, moves, needs };
}
