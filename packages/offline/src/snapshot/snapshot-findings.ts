import {
  bytes as toByteCount,
  diagnostic,
  toBytes,
  type Bytes,
  type Diagnostic,
} from '@ploop/descriptor';
import { runAsync, type ImageSource } from '@ploop/descriptor/internal';
import { inodeKey } from '@ploop/descriptor/node/internal';
import type { Chain, ChainLayer, ChainPart } from '@ploop/image';
import { compareSize } from '@ploop/image/internal';

import { bareDiskFindings } from '../disk/bare-disk.ts';
import { cutOf, withCutBase } from '../disk/cut-base.ts';
import type { SetImage } from '../disk/image-set.ts';
import type { SnapshotFiles, SnapshotImage } from '../disk/snapshot-files.ts';

/** What the length of a chain is compared with. */
type StatedFiles = Pick<SnapshotFiles, 'rawBase' | 'live' | 'descriptor' | 'volumes' | 'parts'>;

/** A chain with what is wrong with its length: `diagnostics` has that as well, and `parts` the missing end. */
export async function sizedChain(
  files: StatedFiles,
  chain: Chain,
  base: ImageSource | undefined,
): Promise<Chain> {
  const sized = [...chain.diagnostics, ...sizeFindings(files, chain)];
  const diagnostics = withCutBase(sized, await runAsync(cutOf(files, base, sized)));
  const parts = partsWithEnd(chain, diagnostics, toBytes(files.descriptor.size));
  return { ...chain, parts, diagnostics };
}

/**
 * Whether what the top reads as ends before the disk of its descriptor, and whether a bare disk does, which may have grown
 * since an older snapshot. The parts of a split disk are compared with their ranges.
 */
function sizeFindings(
  { rawBase, live, descriptor, parts: [first] }: StatedFiles,
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
  return bareDiskFindings(file, bytes, { live, diskBytes });
}

/** The parts of a chain, with the missing end of a bare disk whose file was cut. `most`: the size of the disk. */
function partsWithEnd(
  { parts, size, layers }: Pick<Chain, 'parts' | 'size' | 'layers'>,
  findings: readonly Diagnostic[],
  most: Bytes,
): readonly ChainPart[] {
  for (const finding of findings) {
    const end = layers.length === 1 ? endOf(finding) : undefined;
    if (end === undefined) continue;
    const missing = { start: size, end: toByteCount(Math.min(end, most)), finding };
    return parts.map((part) => ({ ...part, missing }));
  }
  return parts;
}

function endOf({ code, data }: Diagnostic): number | undefined {
  if (code === 'IMAGE_TRUNCATED') return data.disk;
  return code === 'BASE_TRUNCATED' ? data.end : undefined;
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
  { images, diagnostics }: Pick<SnapshotFiles, 'images' | 'diagnostics'>,
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
