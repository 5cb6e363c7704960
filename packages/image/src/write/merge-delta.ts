import {
  diagnostic,
  type Diagnostic,
  type DiagnosticCode,
  DescriptorError,
  toBytes,
  type Sectors,
} from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import type { ImageSource } from '@ploop/descriptor/internal';

import { IMAGE } from '../arguments.ts';
import { checkImage, type ImageCheck } from '../check/check-image.ts';
import { pairFaults } from '../check/pair-faults.ts';
import { rawDescription } from '../formats/raw/raw-description.ts';
import { MARK_AT } from '../formats/ploop/encode-header.ts';
import {
  BAT_ENTRY_BYTES,
  BAT_START,
  bytesInCluster,
  type ImageLayout,
} from '../formats/ploop/layout.ts';
import { noImage } from '../formats/no-image.ts';
import { batPieces, readBat } from '../formats/ploop/table/bat.ts';
import { copyBytes, writeZeros } from './copy-bytes.ts';
import type { ImageTarget } from './image-target.ts';
import { IN_USE, resizeImage } from './resize-image.ts';

/** How to merge. */
export interface MergeOptions {
  /**
   * Whether the lower image is a bare disk, whatever its first bytes: the base of a disk of raw mode. Default: no; a file
   * without a header is taken for a damaged image then.
   */
  readonly rawBase?: boolean;
  /** Whether to go on with a merge that was interrupted: the lower image may be marked as in use. Default: no. */
  readonly resume?: boolean;
  /** Called after each 16,384 clusters of the disk with how many are done. */
  readonly progress?: (done: { readonly clusters: number; readonly of: number }) => void;
  /** Ends the merge, which throws the reason of the signal and can be resumed. */
  readonly signal?: AbortSignal | undefined;
}

/** What a merge has moved. */
export interface MergeResult {
  /** Clusters that were copied. */
  readonly copied: number;
  /** Of these, those that the lower image did not have. */
  readonly added: number;
}

/** Two images that fit each other. */
interface Pair {
  readonly upper: ImageLayout;
  readonly size: Sectors;
  /** Absent where it is raw. */
  readonly lower: ImageLayout | undefined;
  /** Whether neither has a cluster. */
  readonly empty: boolean;
}

const CLOSED = new Uint8Array(IN_USE.length);

/**
 * Writes what a delta has into the image below it, as the tool merges images that no device uses: afterwards the lower
 * image alone reads as both did, byte for byte what the tool leaves except for the flag of an empty image, which the tool
 * leaves at random and this sets as it must be. The upper one is not changed. Neither is the descriptor: that, and removing the upper
 * file, is up to the caller.
 *
 * Every crash can be recovered from. Data are synced before the entries that lead to them, and until the mark is
 * cleared at the end the lower image is marked as in use; the two together read as before at each moment, so that the
 * merge can be done again with `resume`. What the lower image held by itself is lost from the first write on.
 *
 * @param lower - The image below.
 * @throws DescriptorError before anything is written: `FILE_UNREADABLE`; what {@link checkImage} finds to be an error;
 * `IMAGE_IN_USE`; `CHAIN_CLUSTER_SIZE` or `CHAIN_VERSION` where the two do not fit; `IMAGE_IMPOSSIBLE` where the
 * result would be too large for its version. Later: whatever reading and writing throw, and the reason of `signal`.
 */
export async function mergeDelta(
  lower: ImageTarget,
  upper: ImageSource,
  options: MergeOptions = {},
): Promise<MergeResult> {
  requireCall(IMAGE.mergeDelta, [lower, upper, options]);
  const { rawBase = false, signal } = options;
  const pair = pairOf(
    rawBase
      ? {
          file: lower.file,
          description: rawDescription(lower.bytes),
          rawBase,
          diagnostics: [],
        }
      : await checkImage(lower, { signal }),
    await checkImage(upper, { signal }),
    options,
  );
  signal?.throwIfAborted();
  if (pair.lower === undefined) return mergeIntoRaw(lower, upper, pair, options);
  await lower.writeAt(IN_USE, MARK_AT);
  await lower.sync();
  const { layout, end } = await resizeImage(lower, pair.lower, pair.size, pair.empty);
  const result = await mergeClusters(lower, upper, pair.upper, layout, end, options);
  await lower.sync();
  await lower.writeAt(CLOSED, MARK_AT);
  await lower.sync();
  return result;
}

async function mergeClusters(
  lower: ImageTarget,
  source: ImageSource,
  upper: ImageLayout,
  layout: ImageLayout,
  start: number,
  { progress, signal }: MergeOptions,
): Promise<MergeResult> {
  const { clusterBytes, entryBytes } = layout;
  let end = start;
  let copied = 0;
  for await (const { first, entries } of batPieces(source, upper)) {
    signal?.throwIfAborted();
    const own = await readBat(lower, first, entries.length);
    const before = end;
    for (const [index, entry] of entries.entries()) {
      if (entry === 0) continue;
      signal?.throwIfAborted();
      const place = own[index];
      const to = place === undefined || place === 0 ? end : place * entryBytes;
      const bytes = bytesInCluster(upper, first + index);
      await copyBytes(source, entry * upper.entryBytes, lower, to, bytes);
      copied += 1;
      if (to !== end) continue;
      await writeZeros(lower, to + bytes, to + clusterBytes);
      own[index] = end / entryBytes;
      end += clusterBytes;
    }
    if (end > before) {
      await lower.sync();
      await lower.writeAt(toBytesOf(own), BAT_START + first * BAT_ENTRY_BYTES);
    }
    progress?.({ clusters: first + entries.length, of: upper.clusters });
  }
  return { copied, added: (end - start) / clusterBytes };
}

async function mergeIntoRaw(
  lower: ImageTarget,
  source: ImageSource,
  { upper, size }: Pair,
  { progress, signal }: MergeOptions,
): Promise<MergeResult> {
  const { clusterBytes } = upper;
  await writeZeros(lower, lower.bytes, toBytes(size));
  let copied = 0;
  for await (const { first, entries } of batPieces(source, upper)) {
    for (const [index, entry] of entries.entries()) {
      if (entry === 0) continue;
      signal?.throwIfAborted();
      const to = (first + index) * clusterBytes;
      const bytes = bytesInCluster(upper, first + index);
      await copyBytes(source, entry * upper.entryBytes, lower, to, bytes);
      copied += 1;
    }
    progress?.({ clusters: first + entries.length, of: upper.clusters });
  }
  await lower.sync();
  return { copied, added: 0 };
}

function pairOf(lower: ImageCheck, upper: ImageCheck, { resume = false }: MergeOptions): Pair {
  const [below, above] = [lower.description, upper.description];
  const errors = [
    ...withoutHeader(lower),
    ...withoutHeader(upper),
    ...refusals(lower, resume),
    ...refusals(upper, false),
    ...(below.format === 'ploop' && above.format === 'ploop' ? pairFaults(lower, upper) : []),
  ];
  const [first, ...rest] = errors;
  if (first !== undefined) throw new DescriptorError([first, ...rest]);
  if (above.format !== 'ploop' || above.layout === undefined || above.size === undefined)
    throw new TypeError('an image has a layout or a finding says why not');
  const { layout: upperLayout, size } = above;
  const allocated = upper.usage?.allocated ?? 0;
  const empty = allocated === 0 && lower.usage?.allocated === 0;
  const pair = { upper: upperLayout, size, empty };
  if (below.format !== 'ploop') return { ...pair, lower: undefined };
  if (below.layout === undefined)
    throw new TypeError('an image has a layout or a finding says why not');
  const last = below.fileBytes + upperLayout.dataStart + allocated * upperLayout.clusterBytes;
  if (last / below.layout.entryBytes > 0xffff_ffff)
    throw new DescriptorError([
      diagnostic('IMAGE_IMPOSSIBLE', {
        version: below.version,
        size,
        blockSize: below.blockSize,
        reason: 'the merged file would be longer than its entries can address',
      }),
    ]);
  return { ...pair, lower: below.layout };
}

function withoutHeader({ file, description, rawBase }: ImageCheck): readonly Diagnostic[] {
  return description.format === 'raw' && !rawBase ? [noImage(file, description)] : [];
}

/** Images that the tool does not take would get a header of the tool. */
const UNMERGED: ReadonlySet<DiagnosticCode> = new Set(['IMAGE_CONVERTING', 'IMAGE_FOREIGN']);

/** Findings for which an image must not be merged. */
/** What an interrupted merge leaves: of an image that was empty, the first clusters are there before their entries. */
const RESUMED: ReadonlySet<string> = new Set(['BAT_LOST', 'IMAGE_IN_USE']);

function refusals({ diagnostics }: ImageCheck, resume: boolean): readonly Diagnostic[] {
  return diagnostics
    .filter(({ code }) => !resume || !RESUMED.has(code))
    .filter(
      ({ code, severity }) => severity === 'error' || UNMERGED.has(code) || code === 'IMAGE_IN_USE',
    );
}

function toBytesOf(entries: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(entries.length * BAT_ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [index, entry] of entries.entries())
    view.setUint32(index * BAT_ENTRY_BYTES, entry, true);
  return bytes;
}
