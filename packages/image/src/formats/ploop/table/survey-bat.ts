import type { ImageSource } from '@ploop/descriptor/internal';

import type { ImageLayout } from '../layout.ts';
import { allocatedPieces, type BatPiece } from './bat.ts';
import { createClusterBits, WINDOW_BITS, type ClusterBits } from '../../cluster-bits.ts';
import { isSound } from './entry.ts';

/** What a BAT makes of the clusters of its file. */
export interface BatSurvey {
  /** Virtual clusters that have an entry, be it a wrong one. */
  readonly allocated: number;
  /** Clusters of the file that entries lead to, each counted once. */
  readonly used: number;
  /** End of the last cluster of the file that an entry leads to, in clusters from `dataStart` on; 0 if missing. */
  readonly end: number;
}

/** What to do with entries that are not as they must be. */
interface Reports {
  /** The entry of a virtual cluster leads to no whole cluster of data. */
  readonly unsound: (cluster: number, entry: number) => void;
  /** The entry of a virtual cluster leads where that of an earlier one does. */
  readonly shared: (cluster: number, entry: number) => void;
  /** The entry of a virtual cluster leads into a part of the file that does not belong to the disk. */
  readonly reserved: (cluster: number, entry: number) => void;
}

/** Bytes of the file that do not belong to the disk. */
interface Reserved {
  readonly start: number;
  readonly end: number;
}

/** A part of the clusters of a file, those from `first` to below `end`, and the places in it that are taken. */
interface Window {
  readonly first: number;
  readonly end: number;
  readonly bits: ClusterBits;
  readonly reports: Reports;
  readonly reservedAt: Reserved | undefined;
}

/**
 * Reads a whole BAT and looks at each entry. It takes one bit for each cluster of the file, and 64 MiB at most: the BAT
 * of a longer file is read again for each part of it.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`; the reason of `signal`.
 */
export async function surveyBat(
  source: ImageSource,
  layout: ImageLayout,
  reports: Reports,
  reservedAt: Reserved | undefined,
  signal: AbortSignal | undefined,
): Promise<BatSurvey> {
  const { clusterBytes, dataStart, fileBytes } = layout;
  const total = Math.min(Math.max(0, Math.ceil((fileBytes - dataStart) / clusterBytes)), 2 ** 32);
  let allocated = 0;
  let used = 0;
  let last = 0;
  for (let first = 0; first === 0 || first < total; first += WINDOW_BITS) {
    const end = Math.min(total, first + WINDOW_BITS);
    const bits = createClusterBits(first, end);
    const window: Window = { first, end, bits, reports, reservedAt };
    for await (const piece of allocatedPieces(source, layout, signal)) {
      const found = surveyPiece(layout, piece, window);
      if (first === 0) allocated += found.allocated;
      last = Math.max(last, found.last);
    }
    used += bits.size();
  }
  return { allocated, used, end: last };
}

/**
 * Looks at the entries of a piece. A loop in a generator, or with `await` in it, is compiled badly.
 */
function surveyPiece(
  layout: ImageLayout,
  piece: BatPiece,
  { first, end, bits, reports, reservedAt }: Window,
): { readonly allocated: number; readonly last: number } {
  const { entryBytes, clusterBytes, dataStart } = layout;
  const { entries } = piece;
  const isFirstPass = first === 0;
  let allocated = 0;
  let last = 0;
  // By index: an iterator takes most of the time of this loop.
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index] ?? 0;
    if (entry === 0) continue;
    allocated += 1;
    if (!isSound(layout, piece.first + index, entry)) {
      if (isFirstPass) reports.unsound(piece.first + index, entry);
      continue;
    }
    const at = entry * entryBytes;
    const place = (at - dataStart) / clusterBytes;
    if (place < first || place >= end) continue;
    if (!bits.add(place)) reports.shared(piece.first + index, entry);
    last = Math.max(last, place + 1);
    if (reservedAt !== undefined && at < reservedAt.end && at + clusterBytes > reservedAt.start)
      reports.reserved(piece.first + index, entry);
  }
  return { allocated, last };
}
