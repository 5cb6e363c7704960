import { descriptorXml, sample } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { parseDescriptor } from '../parse.ts';

type Type = 'Plain' | 'Compressed';

/** A forest by the parent of each shot, -1 for a base, and the type of each image. */
const disk = fc
  .array(fc.record({ parent: fc.nat(9), type: fc.constantFrom<Type>('Plain', 'Compressed') }), {
    minLength: 1,
    maxLength: 7,
  })
  .chain((shots) =>
    fc.record({
      parents: fc.constant(shots.map(({ parent }, index) => (parent % (index + 1)) - 1)),
      types: fc.oneof(
        fc.constant(shots.map(({ type }) => type)),
        fc.constantFrom<Type>('Plain', 'Compressed').map((type) => shots.map(() => type)),
        fc.constant(undefined),
      ),
    }),
  );

test('a Plain base is a note, other mixtures are a warning that tells the type of the base', () => {
  const counts: Record<string, number> = {};
  fc.assert(
    fc.property(disk, ({ parents, types: given }) => {
      const legal = parents.map((parent): Type => (parent === -1 ? 'Plain' : 'Compressed'));
      const types = given ?? legal;
      const nodes = parents.map((parent) => (parent === -1 ? {} : { parent }));
      let index = 0;
      const xml = descriptorXml(nodes).replace(
        /<Type>Compressed/g,
        () => `<Type>${types[index++] ?? ''}`,
      );
      const found = parseDescriptor(xml).diagnostics.filter(({ code }) =>
        ['BASE_PLAIN', 'TYPES_MIXED'].includes(code),
      );
      const isMixed = new Set(types).size === 2;
      const isLegal = types.every((type, at) => type === legal[at]);
      const code = !isMixed ? 'none' : isLegal ? 'BASE_PLAIN' : 'TYPES_MIXED';
      counts[code] = (counts[code] ?? 0) + 1;
      expect(found.map((finding) => finding.code)).toEqual(isMixed ? [code] : []);
      if (code === 'TYPES_MIXED')
        expect(found[0]?.data).toEqual({
          plain: types.filter((type) => type === 'Plain').length,
          compressed: types.filter((type) => type === 'Compressed').length,
          base: types[0],
        });
    }),
    sample('types of images', 200),
  );
  console.info('types of images:', JSON.stringify(counts));
});
