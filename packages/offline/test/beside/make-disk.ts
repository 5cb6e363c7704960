import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import fc from 'fast-check';

/** A chain of images as a case asks for it. */
export interface DiskShape {
  /** Name of the base, which those of the deltas begin with. */
  readonly name: string;
  readonly deltas: number;
  readonly blockSize: number;
  readonly clusters: number;
  readonly version: 1 | 2;
}

/** A chain on disk: what the case knows of it, as it wrote it. */
export interface MadeDisk {
  readonly directory: string;
  readonly shape: DiskShape;
  /** Base first. */
  readonly files: readonly string[];
  readonly guids: readonly string[];
}

const NAMES = [
  'root.hds',
  'root.hdd',
  'a disk.hds',
  '-rf.hds',
  'B\u00fcro.hds',
  '\u78c1\u76d8.hdd',
  'line\nbreak.hds',
  'say "x" & <y>.hds',
  "it's.hds",
  'back\\slash.hds',
  '100%.hds',
];

export const shapes: fc.Arbitrary<DiskShape> = fc.record({
  name: fc.constantFrom(...NAMES),
  deltas: fc.nat({ max: 4 }),
  blockSize: fc.constantFrom(64, 128, 2048),
  clusters: fc.integer({ min: 1, max: 300 }),
  version: fc.constantFrom(1, 2),
});

const TOP = '{5fbaabe3-6958-40ff-92a7-860e329aab41}';

/** A text as the content of an XML element. */
function xmlText(text: string): string {
  return text.replace(/[^ -~]|[&<>]/gu, (one) => `&#${String(one.codePointAt(0))};`);
}

/** The image of a shape, of some clusters. */
export function imageOf({ blockSize, clusters, version }: DiskShape, mark = 0): Uint8Array {
  const size = BigInt(blockSize * clusters);
  // Entries of version 1 are sectors.
  const first = version === 1 ? blockSize : 1;
  return imageBytes({ blockSize, clusters, version, size, mark }, [first], 1);
}

/** A descriptor that names the files of a chain, base first. */
export function chainXml(
  { blockSize, clusters }: DiskShape,
  guids: readonly string[],
  files: readonly string[],
): string {
  const nodes = files.map((file, index) => ({
    guid: guids[index] ?? '',
    file: xmlText(file),
    ...(index > 0 && { parent: index - 1 }),
  }));
  return descriptorXml(nodes, {
    blockSize: String(blockSize),
    size: String(blockSize * clusters),
  });
}

/** Writes a healthy chain in a directory of its own. */
export async function makeDisk(shape: DiskShape, below = 'disk'): Promise<MadeDisk> {
  const directory = join(await temporaryDirectory(), below);
  await mkdir(directory, { recursive: true });
  const guids = Array.from({ length: shape.deltas + 1 }, (_, index) =>
    index === shape.deltas ? TOP : testGuid(index),
  );
  const files = guids.map((_, index) =>
    index === 0 ? shape.name : `${shape.name}.${testGuid(100 + index)}`,
  );
  await writeFile(join(directory, 'DiskDescriptor.xml'), chainXml(shape, guids, files));
  for (const file of files) await writeFile(join(directory, file), imageOf(shape));
  return { directory, shape, files, guids };
}
