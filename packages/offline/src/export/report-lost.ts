import { diagnostic, type Diagnostic } from '@ploop/descriptor';
import type { LostRange } from '@ploop/image';
import type { Salvage } from '@ploop/image/internal';

import type { Snapshot } from '../snapshot/open-snapshot.ts';
import { withCutRanges } from './cut-ranges.ts';
import { writeLost } from './lost-file.ts';
import type { Sink } from './sink.ts';

/** What an export that salvages adds to its result. */
export interface LostReport {
  readonly lost: readonly LostRange[];
  readonly lostBytes: number;
  readonly lostFile?: string;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Lists what is lost, beside a file before the file gets its name, so that no file with losses is there without them.
 *
 * @throws Error where the list cannot be written.
 */
export async function reportLost(
  salvage: Salvage,
  { guid, size, diagnostics }: Pick<Snapshot, 'guid' | 'size' | 'diagnostics'>,
  { lostFile }: Pick<Sink, 'lostFile'>,
  { target, sync, signal }: { target: string; sync: boolean; signal: AbortSignal },
): Promise<LostReport> {
  const found = await salvage.lost(signal);
  const { ranges: lost, bytes: lostBytes } = await withCutRanges(found, salvage, diagnostics);
  if (lost.length === 0) return { lost, lostBytes, diagnostics: [] };
  if (lostFile !== undefined) await writeLost(lostFile, { guid, size, lostBytes, lost }, sync);
  const file = lostFile === undefined ? {} : { lostFile };
  const finding = diagnostic('EXPORT_LOST', {
    ...{ file: target, bytes: lostBytes, ranges: lost.length },
    ...file,
  });
  return { lost, lostBytes, ...file, diagnostics: [finding] };
}
