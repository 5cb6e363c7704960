import { contentOn } from '@ploop/contents/internal';
import {
  DescriptorError,
  diagnostic,
  type Diagnostic,
  type DiagnosticCode,
  type DiskDescriptor,
  toBytes,
} from '@ploop/descriptor';
import {
  readerOf,
  type ImageSource,
  type ContentType,
  type Steps,
  runAsync,
} from '@ploop/descriptor/internal';
import { startOf } from '@ploop/image/internal';

import type { SnapshotFiles } from './snapshot-files.ts';
import { sizeWhenMade } from './size-when-made.ts';

/** What shows that the file of a bare disk was longer than it is. */
export interface CutContent {
  /** What is on the disk and ends there; a partition if it was not recognised. */
  readonly type?: ContentType;
  /** How long the file was at least, in bytes. */
  readonly end: number;
  /** Whether the geometry of the disk shows it, and not what is on the disk. */
  readonly geometry?: true;
}

/** What is on a bare disk as its own state and reaches farthest beyond the end of its file. */
export function* cutContent(source: ImageSource): Steps<CutContent | undefined> {
  const { diagnostics } = yield* contentOn(readerOf(source), source.bytes);
  return diagnostics
    .flatMap(({ code, data }): readonly CutContent[] => {
      if (code === 'FILE_SYSTEM_TRUNCATED')
        return [{ type: data.type, end: data.start + data.size }];
      if (code === 'PARTITION_TRUNCATED') {
        const { type, start, length } = data;
        return [{ end: start + length, ...(type && { type }) }];
      }
      return [];
    })
    .toSorted((one, other) => other.end - one.end)[0];
}

/** The size that a disk had when it was made, if its bare base is shorter. One that begins as an image is not a bare disk. */
export function* cutGeometry(
  source: ImageSource,
  descriptor: DiskDescriptor,
): Steps<CutContent | undefined> {
  const end = descriptor.storages === undefined ? sizeWhenMade(descriptor) : undefined;
  if (end === undefined || source.bytes >= end) return undefined;
  const { description } = yield* startOf(source);
  return description.format === 'raw' ? { end, geometry: true } : undefined;
}

/** What shows that the base of a snapshot was cut off, if `BASE_SHORTER` is among the findings about it. */
export function* cutOf(
  { descriptor, volumes }: Pick<SnapshotFiles, 'descriptor' | 'volumes'>,
  base: ImageSource | undefined,
  findings: readonly Diagnostic[],
): Steps<CutContent | undefined> {
  const isShorter = findings.some(({ code }) => code === 'BASE_SHORTER');
  // The parts of a split disk, and the base of a parent volume, are not as long as this descriptor says.
  if (base === undefined || !isShorter || descriptor.storages !== undefined) return undefined;
  const geometry = volumes.length === 0 ? yield* cutGeometry(base, descriptor) : undefined;
  try {
    return (yield* cutContent(base)) ?? geometry;
  } catch (error) {
    // What cannot be read says nothing here.
    if (error instanceof DescriptorError) return geometry;
    throw error;
  }
}

/** The findings about a base; one that is shorter than the disk was cut off if anything shows that. */
export function withCutBase(
  findings: readonly Diagnostic[],
  cut: CutContent | undefined,
): readonly Diagnostic[] {
  if (cut === undefined) return findings;
  return findings.map((finding) => {
    if (finding.code !== 'BASE_SHORTER') return finding;
    return truncatedBase(finding.data.file, finding.data.bytes, cut);
  });
}

/**
 * The finding about a base that has images above it, if the geometry of the disk shows that its file was cut off. What is
 * on the disk does not count: the guest writes that.
 */
export async function cutBaseFindings(
  source: ImageSource,
  descriptor: DiskDescriptor,
): Promise<readonly Diagnostic[]> {
  if (source.bytes >= toBytes(descriptor.size)) return [];
  const cut = await runAsync(cutGeometry(source, descriptor));
  return cut === undefined ? [] : [truncatedBase(source.file, source.bytes, cut)];
}

function truncatedBase(file: string, bytes: number, { end, ...shown }: CutContent): Diagnostic {
  return diagnostic('BASE_TRUNCATED', { file, bytes, end, lost: end - bytes, ...shown });
}

/** Findings that say that the end of what a snapshot should hold is missing from it. */
export const CUT: ReadonlySet<DiagnosticCode> = new Set([
  'BASE_SHORTER',
  'BASE_TRUNCATED',
  'IMAGE_TRUNCATED',
  'STORAGE_IMAGE_SIZE',
]);
