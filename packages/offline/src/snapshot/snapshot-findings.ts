import { bytes as toByteCount, diagnostic, toBytes, type Diagnostic } from '@ploop/descriptor';
import { inodeKey } from '@ploop/descriptor/node/internal';
import type { Chain, ChainLayer, ChainPart } from '@ploop/image';
import { baseFindings, compareSize, truncated } from '@ploop/image/internal';

import type { SetImage } from '../disk/image-set.ts';
import type { SnapshotFiles, SnapshotImage } from '../disk/snapshot-files.ts';

/**
 * Whether what the top reads as ends before the disk of its descriptor, and whether a bare disk does, which may have grown
 * since an older snapshot. The parts of a split disk are compared with their ranges.
 */
export function sizeFindings(
  { rawBase, live, descriptor, parts: [first] }: SnapshotFiles,
  { layers, parts }: Chain,
): readonly Diagnostic[] {
  const [base, ...above] = layers;
  const top = layers.at(-1);
  // Without a descriptor, the images alone say how long the disk is.
  if (base === undefined || top === undefined || parts.length > 1 || first?.alone) return [];
  const diskBytes = toBytes(descriptor.size);
  if (top.image.clusterSize !== undefined) return live ? headerFindings(top, descriptor) : [];
  if (!rawBase || above.length > 0) return [];
  const { file, bytes } = base.source;
  if (!live) return baseFindings(file, bytes, diskBytes);
  return bytes < diskBytes ? [truncated(file, bytes, diskBytes)] : [];
}

/** The parts of a chain, with the missing end of a bare disk whose file was cut. */
export function partsWithEnd(
  { parts, size }: Pick<Chain, 'parts' | 'size'>,
  findings: readonly Diagnostic[],
): readonly ChainPart[] {
  const finding = findings.find(({ code }) => code === 'IMAGE_TRUNCATED');
  if (finding?.code !== 'IMAGE_TRUNCATED') return parts;
  const missing = { start: size, end: toByteCount(finding.data.disk), finding };
  return parts.map((part) => ({ ...part, missing }));
}

function headerFindings(
  { source: { file }, description, size }: ChainLayer,
  stated: SnapshotFiles['descriptor'],
): readonly Diagnostic[] {
  if (size >= toBytes(stated.size)) return [];
  return compareSize({ file, description, rawBase: false, diagnostics: [] }, stated);
}

/** Images that are one file, so that at least one reads as the other, unless `FILE_DUPLICATE` reports them already. */
export function sharedFindings(
  { images, diagnostics }: SnapshotFiles,
  sources: readonly SetImage[],
): readonly Diagnostic[] {
  const named = new Set(
    diagnostics.flatMap(({ code, data }) => (code === 'FILE_DUPLICATE' ? [data.guid] : [])),
  );
  const first = new Map<string, SnapshotImage>();
  return images.flatMap((image, index) => {
    const identity = sources[index]?.identity;
    const key = identity === undefined ? image.path : inodeKey(identity);
    const other = first.get(key);
    if (other === undefined) first.set(key, image);
    if (other === undefined || named.has(image.guid)) return [];
    const { guid, path: file } = image;
    const found = { guid, other: other.guid, file };
    return other.path === file
      ? [diagnostic('FILE_DUPLICATE', found)]
      : [diagnostic('DELTA_SHARED', { ...found, otherFile: other.path })];
  });
}
