import { descriptorXml, sample } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { parseDescriptor } from '../parse.ts';

const number = fc.oneof(fc.integer({ min: 1, max: 70_000 }), fc.constantFrom(2 ** 32 - 1, 65_536));
const geometry = fc
  .record({
    cylinders: number,
    heads: fc.oneof(fc.constantFrom(1, 16, 255), number),
    perTrack: fc.oneof(fc.constantFrom(8, 32, 63), number),
    rest: fc.oneof(fc.constant(0), fc.nat(20_000)),
    how: fc.constantFrom('exact', 'rounded down', 'other'),
    other: fc.nat(2 ** 40),
  })
  .map(({ cylinders, heads, perTrack, rest, how, other }) => {
    const tracks = BigInt(cylinders) * BigInt(heads);
    const size = { exact: 0n, 'rounded down': BigInt(rest) % tracks, other: 0n }[how];
    return {
      ...{ cylinders, heads, perTrack },
      size: how === 'other' ? BigInt(other) : tracks * BigInt(perTrack) + size,
    };
  })
  .filter(({ size }) => size > 0n && size < 2n ** 44n);

test('a geometry is reported if it neither makes up the disk nor is what the tool computes', () => {
  const counts = { told: 0, silent: 0 };
  fc.assert(
    fc.property(geometry, ({ cylinders, heads, perTrack, size }) => {
      const xml = descriptorXml([{}], { size: String(size) }).replace(
        /<Cylinders>.*<\/Heads>/,
        `<Cylinders>${String(cylinders)}</Cylinders><Heads>${String(heads)}</Heads><Sectors>${String(perTrack)}</Sectors>`,
      );
      const found = parseDescriptor(xml).diagnostics.filter(
        ({ code }) => code === 'GEOMETRY_INEXACT',
      );
      const product = BigInt(cylinders) * BigInt(heads) * BigInt(perTrack);
      // The tool multiplies in 32 bits.
      const tracks = (BigInt(cylinders) * BigInt(heads)) % 2n ** 32n;
      const computed = tracks === 0n ? 0n : size / tracks;
      const isRight = product === size || BigInt(perTrack) === computed;
      counts[isRight ? 'silent' : 'told'] += 1;
      expect(found.map(({ severity, data }) => [severity, data])).toEqual(
        isRight
          ? []
          : [
              [
                'info',
                {
                  ...{ cylinders, heads, sectors: String(perTrack) },
                  ...{ product: String(product), size: Number(size) },
                },
              ],
            ],
      );
    }),
    sample('geometries', 200),
  );
  console.info('geometries:', JSON.stringify(counts));
});
