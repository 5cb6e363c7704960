import {
  diagnostic,
  type Diagnostic,
  isBase,
  guidKey,
  sameGuid,
  type Guid,
  type Image,
  bytes as toByteCount,
} from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import { append, hintedTogether, runAsync, findingsIn } from '@ploop/descriptor/internal';
import type { Confinement, ConfineOptions } from '@ploop/descriptor/node';
import { confinementOf } from '@ploop/descriptor/node/internal';
import { checkImage, type CheckImageOptions, type ImageCheck } from '@ploop/image';
import {
  compareImages,
  comparePlace,
  compareRange,
  compareSize,
  damagedSize,
} from '@ploop/image/internal';

import { OFFLINE } from '../arguments.ts';
import { diskAt, diskFindings, ofVolume, type LoadedDisk } from '../disk/load-disk.ts';
import { openNamedImage } from '../disk/open-image.ts';
import { placedImages, type PlacedImage } from '../disk/placed-images.ts';
import { cutContent, withCutBase, type CutContent } from './base-content.ts';
import { checkContent } from './check-content.ts';
import { checkFiles } from './check-files.ts';
import { isTold } from './check-images.ts';
import { interruptedMerge } from './interrupted-merge.ts';
import { withLostImages } from './lost-images.ts';
import { parentsNewer, type WrittenImage } from './parents-newer.ts';
import { withTemporaryImages } from './temporary-images.ts';
import { withLeftovers } from './undescribed.ts';
import { wholeBelow } from './whole-below.ts';

/** One image of a disk, checked. */
export interface DiskImageCheck extends ImageCheck {
  readonly guid: Guid;
  /** Absolute path of the descriptor that it belongs to, where that is a parent volume's. */
  readonly disk?: string;
}

/** Everything that is wrong with a disk. */
export interface DiskCheck {
  readonly loaded: LoadedDisk;
  /** Those that could be read, in the order of the descriptor; then those of parent volumes, the nearest first. */
  readonly images: readonly DiskImageCheck[];
  /** Of the descriptor, of the directory, then of the images in the order of the descriptor; `disk` says whose. */
  readonly diagnostics: readonly Diagnostic[];
}

/** How to check a disk. */
export interface CheckDiskOptions extends ConfineOptions {
  /** Whether to read the BATs as well, all of them. Default: no. */
  readonly deep?: boolean;
  /** Ends the check, which throws the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

const SECTOR = 512n;
/** Entries of a table that a check by headers looks at: 1 MiB of them. */
const MOST_ENTRIES = 262_144;

/**
 * Checks a disk, and changes nothing: the descriptor against itself, against its directory, against the headers of all
 * images, branches that the top does not need included, and the images against each other. With `deep` the BATs as
 * well, which takes time proportional to their size. Parent volumes are followed and looked at in the same way.
 *
 * @param path - The descriptor, or the directory that holds it.
 * @throws DescriptorError with code `FILE_UNREADABLE` where there is no descriptor, and what interrupted operations have left
 * in the directory; the reason of `signal`.
 */
export async function checkDisk(path: string, options: CheckDiskOptions = {}): Promise<DiskCheck> {
  requireCall(OFFLINE.checkDisk, [path, options]);
  const { deep = false, signal, confine } = options;
  const loading = runAsync(diskAt(path, undefined, { confine }));
  const loaded = await loading.catch(async (error: unknown) => {
    throw await withLeftovers(path, error);
  });
  const confinement = await runAsync(confinementOf(loaded.directory, { confine }));
  const { descriptor, graph } = loaded;
  const around = await checkFiles(loaded, { signal, confine });
  const sized = await withTemporaryImages(diskFindings(loaded), loaded, confinement);
  const described = await withLostImages(sized, loaded, confinement, signal);
  const findings = [...described, ...around];
  if (descriptor === undefined || graph === undefined)
    return { loaded, images: [], diagnostics: findings };

  const checks = new Map<Image, CheckedImage>();
  for (const placed of placedImages(loaded)) {
    signal?.throwIfAborted();
    const { image, rawBase, volume } = placed;
    // Named by findings already, and not to be opened.
    if (isTold(around, placed)) continue;
    try {
      checks.set(image, {
        placed,
        ...withoutEmptied(
          await checkFile(placed, confinement, { deep, rawBase, signal }),
          described,
        ),
      });
    } catch (error) {
      append(findings, ofVolume(volume, findingsIn(error)));
    }
  }
  if (deep) await explainEmptied(checks, confinement, signal);
  const places = between([...checks.values()]);
  const judged = [...checks.values()].map(({ placed, check }) => ({
    placed,
    findings: [...check.diagnostics, ...(places.get(placed) ?? [])],
  }));
  const withWhole = wholeBelow(graph, judged, descriptor.storages?.length ?? 1);
  const images = [...checks.values()].map(({ placed, check }) => ({
    ...check,
    diagnostics: withWhole(placed, ofVolume(placed.volume, check.diagnostics)),
    guid: placed.image.guid,
    ...(placed.volume === undefined ? {} : { disk: placed.volume.path }),
  }));
  for (const { diagnostics } of images) append(findings, diagnostics);
  for (const [placed, found] of places) append(findings, withWhole(placed, found));
  if (deep) append(findings, parentsNewer([...checks.values()]));
  append(findings, compareTops([...checks.values()]));
  signal?.throwIfAborted();
  if (deep) append(findings, await checkContent(loaded.path, { confine }));
  return { loaded, images, diagnostics: hintedTogether(findings) };
}

async function checkFile(
  placed: PlacedImage,
  confinement: Confinement,
  options: CheckImageOptions,
): Promise<Omit<CheckedImage, 'placed'>> {
  const { file } = placed;
  const source = await openNamedImage(placed, confinement);
  try {
    const { blocks, size } = await source.statusNow();
    const stored = toByteCount(Number(blocks * SECTOR));
    const check = await checkImage(source, { ...options, stored });
    const isLooked = options.deep === true && options.rawBase === true;
    const cut = isLooked ? await cutContent(source) : undefined;
    const isSparse = check.description.format === 'ploop' && blocks * SECTOR < size;
    const most = options.deep === true ? {} : { most: MOST_ENTRIES };
    const damaged =
      check.description.format === 'ploop'
        ? await damagedSize(source, check.description, placed.stated, { ...most, ...options })
        : [];
    const [bytes, allocated] = [Number(size), stored];
    const sparse = isSparse ? [diagnostic('FILE_SPARSE', { file, bytes, allocated })] : [];
    const modified = source.identity.mtimeNs / 1_000_000n;
    const diagnostics = [...check.diagnostics, ...damaged, ...sparse];
    return { check: { ...check, diagnostics }, modified, cut };
  } finally {
    await source.close();
  }
}

const EMPTIED: ReadonlySet<string> = new Set(['BAT_LOST', 'BAT_PARTLY_LOST']);

/** A reverse merge takes out of one table what the other image has: all of it, if that has everything. */
function withoutEmptied(
  checked: Omit<CheckedImage, 'placed'>,
  described: readonly Diagnostic[],
): Omit<CheckedImage, 'placed'> {
  if (!described.some(({ code }) => code === 'REVERSE_MERGE_INTERRUPTED')) return checked;
  const diagnostics = checked.check.diagnostics.filter(({ code }) => !EMPTIED.has(code));
  return { ...checked, check: { ...checked.check, diagnostics } };
}

/** Tells tables that a merge into an empty image has not written yet from those that are lost. */
async function explainEmptied(
  checks: Map<Image, CheckedImage>,
  confinement: Confinement,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const [image, checked] of checks) {
    const lower = placedLayout(checked);
    const { check, placed } = checked;
    const lost = check.diagnostics.find(({ code }) => code === 'BAT_LOST');
    if (lost === undefined || lower === undefined) continue;
    const above = [...checks.values()].filter(
      (other) =>
        other.placed.storage === placed.storage &&
        sameGuid(other.placed.node?.parentGuid ?? '', placed.guid),
    );
    const children = above.flatMap((other) => placedLayout(other) ?? []);
    const merge = await interruptedMerge(lower, children, confinement, signal);
    if (merge === undefined) continue;
    const diagnostics = check.diagnostics.map((finding) => (finding === lost ? merge : finding));
    checks.set(image, { ...checked, check: { ...check, diagnostics } });
  }
}

function placedLayout({ placed, check: { description } }: CheckedImage) {
  const layout = description.format === 'ploop' ? description.layout : undefined;
  return layout === undefined ? undefined : { placed, layout };
}

interface CheckedImage extends WrittenImage {
  readonly check: ImageCheck;
  /** Of a bare disk: what on it reaches behind its end. */
  readonly cut: CutContent | undefined;
}

/** What does not fit between the images, and between each and its descriptor. */
function between(checks: readonly CheckedImage[]): ReadonlyMap<PlacedImage, readonly Diagnostic[]> {
  const keyOf = (storage: number, guid: Guid): string => `${String(storage)} ${guidKey(guid)}`;
  const byShot = new Map(
    checks.flatMap((checked) => {
      const { node, storage } = checked.placed;
      return node === undefined ? [] : [[keyOf(storage, node.guid), checked] as const];
    }),
  );
  const found = new Map<PlacedImage, readonly Diagnostic[]>();
  for (const { check, placed } of checks) {
    const { node, storage, stated, volume } = placed;
    if (node === undefined) continue;
    const parent = isBase(node) ? undefined : byShot.get(keyOf(storage, node.parentGuid));
    // The table of partitions in the first part of a split disk is about all of them.
    const cut = stated.isPart === true ? undefined : parent?.cut;
    const findings = [
      ...comparePlace(check, isBase(node), stated),
      ...withCutBase(compareImages(parent?.check, check), cut),
    ];
    found.set(placed, ofVolume(volume, findings));
  }
  return found;
}

/** Whether the top of the disk, and that of each parent volume, has the size that its descriptor states. */
function compareTops(checks: readonly CheckedImage[]): readonly Diagnostic[] {
  return checks.flatMap(({ placed: { image, owner, stated, volume }, check }) => {
    if (owner.topGuid === undefined || !sameGuid(image.guid, owner.topGuid)) return [];
    const compare = owner.storages === undefined ? compareSize : compareRange;
    return ofVolume(volume, compare(check, stated));
  });
}
