import { createCollector } from './diagnostics/collector.ts';
import { diagnostic, isRefusal, type Diagnostic } from './diagnostics/diagnostic.ts';
import type { ReportFinding, Subject } from './diagnostics/report-finding.ts';
import type { SnapshotNode } from './graph/node.ts';
import { guidKey, type Guid } from './guid.ts';
import type { DiskDescriptor, Image, StoragePart } from './model.ts';
import { sectors, type Sectors } from './units.ts';

/** The parts of a disk: every `Storage` of a split disk, or one part that holds all of the disk. */
export function storagesOf(descriptor: DiskDescriptor): readonly StoragePart[] {
  const { storages, blockSize, mode, images } = descriptor;
  return storages ?? [{ start: sectors(0), blockSize, mode, images }];
}

/** Whether the tool accepts a document, or refuses it for nothing but that the disk is split: nothing is left out then. */
export function isWhole({
  accepted,
  descriptor,
  diagnostics,
}: {
  readonly accepted: boolean;
  readonly descriptor?: DiskDescriptor;
  readonly diagnostics: readonly Diagnostic[];
}): boolean {
  if (accepted || descriptor?.storages === undefined) return accepted;
  return diagnostics.every((finding) => finding.code === 'STORAGE_SPLIT' || !isRefusal(finding));
}

/** Every image of a descriptor, in file order, and which one of it that is. */
export function* everyImage(
  descriptor: DiskDescriptor,
): Generator<{ readonly image: Image; readonly at: Subject }> {
  const { images, storages = [] } = descriptor;
  for (const [index, image] of images.entries()) yield { image, at: { image: index } };
  for (const [place, part] of storages.entries())
    // The first part is the one above.
    if (place > 0)
      for (const [index, image] of part.images.entries())
        yield { image, at: { storage: place + 1, image: index } };
}

/** The images of one part by {@link guidKey}. Of images with the same GUID the first counts, as in the tool. */
export function imagesByGuid(images: readonly Image[]): ReadonlyMap<string, Image> {
  const byGuid = new Map<string, Image>();
  for (const image of images) {
    const key = guidKey(image.guid);
    if (!byGuid.has(key)) byGuid.set(key, image);
  }
  return byGuid;
}

/** The images of one part for a chain of shots, and the first shot that the part has no image of. */
export function partImages(
  { images }: StoragePart,
  chain: readonly SnapshotNode[],
): { readonly images: readonly Image[]; readonly missing: Guid | undefined } {
  const byGuid = imagesByGuid(images);
  const missing = chain.find(({ guid }) => !byGuid.has(guidKey(guid)));
  return {
    images: chain.flatMap(({ guid }) => byGuid.get(guidKey(guid)) ?? []),
    missing: missing?.guid,
  };
}

/** Why the parts of a split disk do not make up one disk; empty for any other disk. */
export function rangeFaults(descriptor: DiskDescriptor): readonly Diagnostic[] {
  const collector = createCollector();
  reportRanges(descriptor, (code, data) => {
    collector.add(code, () => diagnostic(code, data));
  });
  return collector.all();
}

interface Range {
  /** Number of the `Storage`, from 1. */
  readonly storage: number;
  readonly start: Sectors;
  readonly end: Sectors;
}

/** Reports what is wrong with the ranges of a split disk: together they must be the disk, in order, each sector once. */
export function reportRanges({ storages = [], size }: DiskDescriptor, report: ReportFinding): void {
  const ranges: Range[] = [];
  for (const [index, { start, end }] of storages.entries()) {
    const storage = index + 1;
    if (start === undefined)
      report('STORAGE_RANGE_INVALID', { storage, field: 'Start' }, { storage });
    else if (end === undefined || end <= start)
      report('STORAGE_RANGE_INVALID', { storage, field: 'End' }, { storage });
    else ranges.push({ storage, start, end });
  }
  // The others would be taken for gaps.
  if (ranges.length === 0 || ranges.length < storages.length) return;
  for (const [index, { storage, start }] of ranges.entries())
    if (start < (ranges[index - 1]?.start ?? 0))
      report('STORAGE_DISORDER', { storage }, { storage });
  reportEdges(ranges, size, report);
}

function reportEdges(ranges: readonly Range[], size: Sectors, report: ReportFinding): void {
  let before = { storage: 0, end: sectors(0) };
  for (const range of ranges.toSorted((one, other) => one.start - other.start)) {
    const { storage, start, end } = range;
    if (start > before.end) report('STORAGE_GAP', { from: before.end, to: start }, { storage });
    if (start < before.end)
      report(
        'STORAGE_OVERLAP',
        { storage, other: before.storage, from: start, to: sectors(Math.min(end, before.end)) },
        { storage },
      );
    if (end > before.end) before = range;
  }
  if (before.end !== size)
    report('STORAGE_SIZE_DIFFERS', { end: before.end, size }, { storage: before.storage });
}
