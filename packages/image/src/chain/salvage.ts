import { diagnostic, type Diagnostic } from '@ploop/descriptor';

import { BAT_ENTRY_BYTES, BAT_START } from '../formats/ploop/layout.ts';
import { faultOfEntry } from '../formats/ploop/table/entry.ts';
import { heldBytes, type ChainLayer } from './chain-layer.ts';
import { checkedChain } from './checked-chain.ts';
import { sharedByLayer } from './guarded-chain.ts';
import { createLostRanges, type LostRange, type LostRanges } from './lost-ranges.ts';
import type { Chain, ChainContent } from './open-chain.ts';
import type { ClusterCheck } from './segments.ts';
import { runsWithin, tolerantSource, type ByteRun } from './tolerant-source.ts';

/** A disk that is read whether or not all of it can be. */
export interface Salvage {
  /** What is lost reads as zero, whatever lower layers have. */
  readonly chain: ChainContent;
  /** What is lost: all that the tables say, and what could not be read so far. */
  readonly lost: (signal?: AbortSignal) => Promise<LostRanges>;
  /** What could not be read of each image so far. */
  readonly unreadable: () => readonly (readonly ByteRun[])[];
  /** Takes for unreadable what an earlier attempt could not read. */
  readonly assume: (unreadable: readonly (readonly ByteRun[])[]) => void;
}

interface Judgement {
  readonly fault: Diagnostic;
  /** Bytes of the cluster that count nevertheless, from its first one on. */
  readonly counting: number;
  /** Where its table places it; absent if the table cannot be read. */
  readonly offset?: number;
}

/**
 * Reads on over entries that lead nowhere and over places that two clusters share, over what cannot be read, and over
 * the end of an image that was cut. The missing end of a part is zeros, also beyond the end of the disk.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE` where too much of an image cannot be read; the reason of `signal`.
 */
export async function salvageChain(cut: Chain, signal?: AbortSignal): Promise<Salvage> {
  const chain = wholeChain(cut);
  const sources = chain.layers.map(({ source, layout }) =>
    tolerantSource(source, layout?.dataStart ?? 0),
  );
  const layers = chain.layers.map((layer, index): ChainLayer => {
    const source = sources[index]?.source ?? layer.source;
    return { ...layer, source };
  });
  const shared = await sharedByLayer(layers, signal);
  const places = placesOf(chain, layers);

  const judge = (layer: ChainLayer, cluster: number, entry: number): Judgement | undefined => {
    const { layout, source } = layer;
    if (layout === undefined) return undefined;
    const { file } = source;
    const at = BAT_START + cluster * BAT_ENTRY_BYTES;
    const runs = sources[places.get(layer)?.index ?? -1]?.unreadable() ?? [];
    for (const [start] of runsWithin(runs, at, at + BAT_ENTRY_BYTES)) {
      const reason = `its table cannot be read at byte ${String(start)}`;
      return { fault: diagnostic('FILE_UNREADABLE', { file, reason }), counting: 0 };
    }
    const fault = faultOfEntry(file, layout, cluster, entry) ?? shared.get(layer)?.(cluster, entry);
    if (fault === undefined) return undefined;
    const offset = entry * layout.entryBytes;
    const { grid, clusterBytes, fileBytes } = layout;
    const isPlaced = grid === undefined || offset % clusterBytes === grid;
    const isCut = fault.code === 'CLUSTER_BEYOND_END' && isPlaced;
    return { fault, offset, counting: isCut ? Math.max(0, fileBytes - offset) : 0 };
  };

  const check: ClusterCheck = (...cluster) => judge(...cluster)?.counting ?? Infinity;
  return {
    chain: checkedChain(chain, layers, check),
    unreadable: () => sources.map((source) => source.unreadable()),
    assume: (unreadable) => {
      for (const [index, runs] of unreadable.entries()) sources[index]?.assume(runs);
    },
    lost: async (stop) => {
      const found = createLostRanges();
      const walk = checkedChain(chain, layers, (layer, cluster, entry) => {
        const judgement = judge(layer, cluster, entry);
        const place = places.get(layer);
        if (judgement === undefined || place === undefined) return Infinity;
        const { fault, counting, offset } = judgement;
        const first = cluster * place.clusterBytes;
        found.add({
          start: place.start + first + counting,
          end: Math.min(place.end, place.start + Math.min(first + place.clusterBytes, layer.size)),
          code: fault.code,
          file: layer.source.file,
          ...(offset !== undefined && { offset: offset + counting }),
        });
        return counting;
      });
      for (const range of missingRanges(cut)) found.add(range);
      const unreadable = sources.map((source) => source.unreadable());
      for await (const segments of walk.segments()) {
        stop?.throwIfAborted();
        for (const { start, length, layer, offset } of segments)
          for (const [from, to] of runsWithin(unreadable[layer] ?? [], offset, offset + length))
            found.add({
              start: start + (from - offset),
              end: start + (to - offset),
              code: 'FILE_UNREADABLE',
              file: layers[layer]?.source.file ?? '',
              offset: from,
            });
      }
      return found.all();
    },
  };
}

/** The chain with all that its parts should hold. */
function wholeChain({ parts, ...chain }: Chain): Chain {
  const whole = parts.map(({ missing, end, ...part }) => ({ ...part, end: missing?.end ?? end }));
  return { ...chain, parts: whole, size: whole.at(-1)?.end ?? chain.size };
}

function missingRanges({ parts }: Chain): readonly LostRange[] {
  return parts.flatMap(({ start, missing, layers }) => {
    const [held, top] = [heldBytes(layers), layers.at(-1)];
    if (missing === undefined || held === undefined || top === undefined) return [];
    const { end, finding } = missing;
    const offset = top.layout === undefined ? { offset: held } : {};
    const { code } = finding;
    return [{ start: start + held, end, code, file: top.source.file, ...offset }];
  });
}

interface Place {
  /** Of the layer among all. */
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly clusterBytes: number;
}

/** Which part of the disk each layer belongs to. */
function placesOf({ parts }: Chain, layers: readonly ChainLayer[]): ReadonlyMap<ChainLayer, Place> {
  const places = new Map<ChainLayer, Place>();
  let index = 0;
  for (const { start, end, clusterBytes, layers: own } of parts)
    for (let count = 0; count < own.length; count += 1, index += 1) {
      const layer = layers[index];
      if (layer !== undefined) places.set(layer, { index, start, end, clusterBytes });
    }
  return places;
}
