import type { ChainLayer } from './chain-layer.ts';
import { segmentsOf, soundOnly, type ClusterCheck, type Segment } from './segments.ts';
import { WINDOW_CLUSTERS, type Windows } from './windows.ts';

/** The images of one part of a disk, to be looked up. */
export interface WindowedLayers {
  readonly layers: readonly ChainLayer[];
  readonly clusterBytes: number;
  readonly windows: Windows;
  /** Default: {@link soundOnly}. */
  readonly check?: ClusterCheck;
}

/**
 * The segments from byte `start` to byte `end`, a window at a time. What comes before a cluster that is refused is
 * reported first.
 *
 * @throws what reading a table and what `check` throws.
 */
export async function* windowSegments(
  { layers, clusterBytes, windows, check = soundOnly }: WindowedLayers,
  start: number,
  end: number,
): AsyncGenerator<readonly Segment[], void, undefined> {
  const windowBytes = WINDOW_CLUSTERS * clusterBytes;
  for (let at = start; at < end;) {
    const until = Math.min(end, (Math.floor(at / windowBytes) + 1) * windowBytes);
    const first = Math.floor(at / clusterBytes);
    const window = await windows.load(first);
    if (window.isEmpty && until < end) {
      const stop = Math.min(end, (await windows.nextData(first)) * clusterBytes);
      yield [{ start: at, length: stop - at, layer: -1, offset: -1 }];
      at = stop;
      continue;
    }
    let refused: { readonly at: number; readonly error: unknown } | undefined;
    const lenient: ClusterCheck = (layer, cluster, entry) => {
      if (refused !== undefined) return 0;
      try {
        return check(layer, cluster, entry);
      } catch (error) {
        refused = { at: Math.max(at, cluster * clusterBytes), error };
        return 0;
      }
    };
    const segments = segmentsOf(layers, clusterBytes, window, at, until, lenient);
    if (refused === undefined) yield segments;
    else {
      if (refused.at > at) yield segmentsOf(layers, clusterBytes, window, at, refused.at, check);
      throw refused.error;
    }
    at = until;
  }
}
