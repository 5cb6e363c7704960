import fc from 'fast-check';

import type { Shape } from './shape.ts';

const names = fc.constantFrom('root.hdd', 'a disk.hds', 'top (new) #2', 'x', 'r+w = 1.hdd');
/** Clusters of an image, in the order of its file. */
const held = (clusters: number, least: number): fc.Arbitrary<number[]> =>
  fc.uniqueArray(fc.integer({ min: 0, max: clusters - 3 }), { minLength: least, maxLength: 12 });

/** Disks of other sizes, cluster sizes, chains, places and names. */
export const shapes: fc.Arbitrary<Shape> = fc
  .record({
    blockSize: fc.constantFrom(64, 128, 256, 512),
    clusters: fc.integer({ min: 16, max: 600 }),
    images: fc.integer({ min: 3, max: 6 }),
    name: names,
    version: fc.constantFrom<1 | 2>(1, 2),
  })
  .chain(({ blockSize, clusters, images, name, version }) =>
    fc
      .tuple(...Array.from({ length: images }, (_, level) => held(clusters, level === 0 ? 3 : 4)))
      .map((levels) => ({
        ...{ version, blockSize, clusters, levels },
        files: levels.map((_, level) => (level === 0 ? name : `${name}.${String(level)}`)),
      })),
  );
