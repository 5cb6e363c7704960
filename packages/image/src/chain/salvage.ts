import { diagnostic, type Diagnostic } from '@ploop/descriptor';

import { heldBytes, type ChainLayer } from './chain-layer.ts';
import { checkedChain, type PlacedPart } from './checked-chain.ts';
import { createLostRanges, type LostRange, type LostRanges } from './lost-ranges.ts';
import type { Chain, ChainContent } from './open-chain.ts';
import type { FoundSegment } from './segment.ts';
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
  /** First byte of the disk that is lost. */
  readonly lostFrom: number;
  /** Byte of the file where the table places that; absent if the table cannot be read. */
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
  const sources = chain.layers.map(({ source, image }) => tolerantSource(source, image.tableBytes));
  const layers: ChainLayer[] = [];
  for (const [index, layer] of chain.layers.entries()) {
    const source = sources[index]?.source ?? layer.source;
    layers.push({ ...layer, source, image: await layer.image.guarded(source, signal) });
  }

  const judge = (
    { layer, start, offset, damaged }: FoundSegment,
    { firstLayer }: PlacedPart,
  ): Judgement | undefined => {
    if (damaged === undefined) return undefined;
    const { fault, entry } = damaged;
    const runs = sources[firstLayer + layer]?.unreadable() ?? [];
    const file = layers[firstLayer + layer]?.source.file ?? '';
    for (const [at] of entry === undefined ? [] : runsWithin(runs, ...entry)) {
      const reason = `its table cannot be read at byte ${String(at)}`;
      return { fault: diagnostic('FILE_UNREADABLE', { file, reason }), lostFrom: start };
    }
    const lostFrom = Math.max(start, damaged.lostFrom);
    return { fault, lostFrom, ...(offset !== -1 && { offset: offset + (lostFrom - start) }) };
  };

  return {
    chain: checkedChain(
      chain,
      layers,
      (part) => (segment) => judge(segment, part)?.lostFrom ?? Infinity,
    ),
    unreadable: () => sources.map((source) => source.unreadable()),
    assume: (unreadable) => {
      for (const [index, runs] of unreadable.entries()) sources[index]?.assume(runs);
    },
    lost: async (stop) => {
      const found = createLostRanges();
      const walk = checkedChain(chain, layers, (part) => (segment) => {
        const judgement = judge(segment, part);
        if (judgement === undefined) return Infinity;
        const { fault, lostFrom, offset } = judgement;
        found.add({
          start: part.start + lostFrom,
          end: Math.min(part.end, part.start + segment.start + segment.length),
          code: fault.code,
          file: layers[part.firstLayer + segment.layer]?.source.file ?? '',
          ...(offset !== undefined && { offset }),
        });
        return lostFrom;
      });
      for (const range of missingRanges(cut)) found.add(range);
      const unreadable = sources.map((source) => source.unreadable());
      for await (const segments of walk.segments()) {
        stop?.throwIfAborted();
        for (const { start, length, layer, offset, source } of segments) {
          const runs = source === undefined ? (unreadable[layer] ?? []) : [];
          for (const [from, to] of runsWithin(runs, offset, offset + length))
            found.add({
              start: start + (from - offset),
              end: start + (to - offset),
              code: 'FILE_UNREADABLE',
              file: layers[layer]?.source.file ?? '',
              offset: from,
            });
        }
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
    const offset = top.image.clusterSize === undefined ? { offset: held } : {};
    const { code } = finding;
    return [{ start: start + held, end, code, file: top.source.file, ...offset }];
  });
}
