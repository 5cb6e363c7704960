import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { DescriptorError } from '@ploop/descriptor';
import { sample, temporaryDirectory } from '@ploop/test-kit';
import { hasQemu } from '@ploop/test-kit/qemu';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  checkImage,
  describeImage,
  memorySource,
  openChain,
  type ImageSource,
} from '../../src/index.ts';
import { makeChain, type LayerSpec } from './random-qcow2.ts';

const PLAIN: LayerSpec = {
  ...{ compat: '1.1', clusterBits: 12, refcountBits: 16, extended: false, compression: 'zlib' },
  ...{ lazy: false, preallocation: 'off', dataFile: 'none', size: 2_048 },
  changes: [
    { kind: 'write', at: 0, length: 300, byte: 1 },
    { kind: 'snapshot' },
    { kind: 'compress', at: 800, byte: 2 },
    { kind: 'compress', at: 816, byte: 3 },
    { kind: 'zero', at: 1_000, length: 100, byte: 1 },
    { kind: 'bitmap' },
    { kind: 'write', at: 100, length: 20, byte: 4 },
  ],
};
const KINDS: readonly LayerSpec[] = [
  PLAIN,
  { ...PLAIN, clusterBits: 14, extended: true, compression: 'zstd' },
  { ...PLAIN, compat: '0.10', clusterBits: 9 },
  { ...PLAIN, refcountBits: 1, clusterBits: 16 },
];

/** Values that are often wrong. */
const value = fc.oneof(
  fc.integer({ min: 0, max: 255 }).map((byte) => [byte]),
  fc.constantFrom([0, 0, 0, 0], [255, 255, 255, 255], [127, 255, 255, 255], [128, 0, 0, 0]),
  fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => [...bytes]),
  fc.nat(60).map((cluster) => [0, 0, 0, 0, 0, cluster >> 4, (cluster << 4) & 255, 0]),
);

interface Damage {
  readonly where: 'header' | 'anywhere' | 'early';
  readonly at: number;
  readonly value: readonly number[];
}

const damage: fc.Arbitrary<Damage> = fc.record({
  where: fc.constantFrom('header', 'early', 'early', 'anywhere'),
  at: fc.noBias(fc.nat(2 ** 20)),
  value,
});

/** Behind the signature and the version. */
const STARTS = { header: 8, early: 120, anywhere: 0 };
const LENGTHS = { header: 104, early: 2 ** 16, anywhere: Infinity };

function damaged(bytes: Uint8Array, damages: readonly Damage[], cut: number): Uint8Array {
  const copy = bytes.slice();
  for (const { where, at, value: values } of damages) {
    const start = STARTS[where];
    // Fields and entries begin at whole 4 bytes.
    const place = start + ((at % Math.min(copy.length - start, LENGTHS[where])) & ~3);
    copy.set(values.slice(0, copy.length - place), place);
  }
  return copy.subarray(0, copy.length - (cut % copy.length));
}

/** A source that notices reads beyond the end. */
function watched(bytes: Uint8Array): ImageSource & { readonly most: () => number } {
  const source = memorySource('f', bytes);
  let most = 0;
  return {
    ...source,
    readAt: (target, position) => {
      most = Math.max(most, position + target.length);
      return source.readAt(target, position);
    },
    most: () => most,
  };
}

async function typed(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof DescriptorError)) throw error;
    return false;
  }
}

test.skipIf(!hasQemu)(
  'damaged images: every look at them ends, with content, findings or an error that has a code',
  async () => {
    const root = await temporaryDirectory();
    const images: Uint8Array[] = [];
    for (const [index, spec] of KINDS.entries()) {
      const directory = join(root, String(index));
      const { files } = await makeChain({ base: 'none', layers: [spec] }, directory);
      // Parts of a Buffer share its memory.
      images.push(new Uint8Array(readFileSync(files[0] ?? '')));
    }
    const counts = { opened: 0, read: 0, checked: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.nat(KINDS.length - 1),
        fc.array(damage, { minLength: 1, maxLength: 4 }),
        fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat()),
        async (kind, damages, cut) => {
          const bytes = damaged(images[kind] ?? new Uint8Array(), damages, cut);
          const source = watched(bytes);
          await describeImage(source);
          const openFile = (): Promise<ImageSource> => Promise.resolve(source);
          for (const snapshot of [undefined, '1'])
            await typed(async () => {
              const chain = await openChain([source], {
                openFile,
                ...(snapshot !== undefined && { snapshot }),
              });
              counts.opened += 1;
              const from = Math.max(0, chain.size - 2 ** 16);
              for (const start of [0, 400_000, from])
                if (await typed(() => chain.read(start, 2 ** 16))) counts.read += 1;
                else counts.refused += 1;
            });
          const { description } = await checkImage(source);
          if (description.format === 'qcow2') counts.checked += 1;
          expect(source.most()).toBeLessThanOrEqual(bytes.length);
        },
      ),
      { ...sample('damaged qcow2 images', 150), endOnFailure: true },
    );
    console.info(`damaged qcow2 images: ${JSON.stringify(counts)}`);
  },
  240_000,
);
