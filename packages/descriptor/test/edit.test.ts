import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { descriptorXml, sample, testGuid } from '@ploop/test-kit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { editDescriptor } from '../src/edit/index.ts';
import { DescriptorError, parseDescriptor, sectors } from '../src/index.ts';
import { mutantBytes, mutants } from './mutations.ts';

const SHOT = /<Shot>.*<\/Shot>/;

test('without a change the bytes of every readable document stay', () => {
  fc.assert(
    fc.property(fc.oneof(mutants, mutantBytes), (source) => {
      const { descriptor } = parseDescriptor(source);
      if (descriptor === undefined) return;
      expect(Buffer.from(editDescriptor(source, descriptor))).toEqual(Buffer.from(source));
    }),
    sample('unchanged documents', 300),
  );
});

describe('without a change the bytes of the corpus stay', () => {
  const corpus = join(import.meta.dirname, 'corpus');
  test.each(readdirSync(corpus))('%s', (name) => {
    const source = readFileSync(join(corpus, name, 'DiskDescriptor.xml'));
    const { descriptor } = parseDescriptor(source);
    if (descriptor === undefined) return;
    expect(Buffer.from(editDescriptor(source, descriptor)).equals(source)).toBe(true);
  });
});

/** The part of `before` that is another in `after`. */
function changedPart(before: string, after: string): string {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return before.slice(start, before.length - end);
}

test('one file name is changed in any accepted document, and nothing around it', () => {
  fc.assert(
    fc.property(mutants, fc.nat(), (source, at) => {
      const { accepted, descriptor } = parseDescriptor(source);
      if (!accepted || descriptor.images.length === 0) return;
      const index = at % descriptor.images.length;
      const images = descriptor.images.map((image, n) =>
        n === index ? { ...image, file: 'another' } : image,
      );
      const next = { ...descriptor, images };
      const edited = editDescriptor(source, next);
      expect(parseDescriptor(edited).descriptor).toEqual(next);
      expect(changedPart(source, edited)).not.toContain('<');
    }),
    sample('documents with one name changed', 150),
  );
});

test('of doubles, each keeps its place and its element', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 }), fc.nat({ max: 1 })), {
        minLength: 2,
        maxLength: 12,
      }),
      fc.nat(),
      (rows, at) => {
        const source = descriptorXml(
          rows.map(([guid, file, parent], index) => ({
            guid: testGuid(guid),
            file: `f${String(file)}`,
            parentGuid: testGuid(parent),
            extra: `<!-- ${String(index)} -->`,
          })),
        );
        const { accepted, descriptor } = parseDescriptor(source);
        if (!accepted) return;
        const index = at % rows.length;
        const shots = descriptor.shots.map((shot, n) =>
          n === index ? { ...shot, temporary: !shot.temporary } : shot,
        );
        const next = { ...descriptor, shots };
        let edited: string;
        try {
          edited = editDescriptor(source, next);
        } catch (error) {
          // The marked shot may be the top.
          expect(error).toMatchObject({ code: 'TOP_TEMPORARY' });
          return;
        }
        expect(edited.replace('<Temporary/>', '')).toBe(source);
        expect(edited.split('<Temporary/>')[1]).toMatch(new RegExp(`^<!-- ${String(index)} -->`));
      },
    ),
    sample('documents with doubles', 200),
  );
});

test('a shot that the tool adds is written only if it would not add it any more', () => {
  const source = descriptorXml([{}, { parent: 0 }, { parent: 1 }]);
  const assumed = source.replace(/<Shot><GUID>\{5fbaabe3.*<\/Shot>\n/, '');
  const { accepted, descriptor, diagnostics } = parseDescriptor(assumed);
  expect(diagnostics.map(({ code }) => code)).toContain('SHOT_ASSUMED');
  if (!accepted) throw new Error('not accepted');
  const resized = editDescriptor(assumed, { ...descriptor, size: sectors(409600) });
  expect(resized).toBe(assumed.replace('204800', '409600'));
  const top = descriptor.shots.at(-1);
  const shots = descriptor.shots.map((shot) =>
    shot === top ? { ...shot, parentGuid: descriptor.shots[1]?.guid ?? shot.guid } : shot,
  );
  const mended = editDescriptor(assumed, { ...descriptor, shots });
  expect(parseDescriptor(mended).descriptor?.shots).toEqual(shots);
  expect(mended.replace(/<Shot><GUID>\{5fbaabe3.*<\/Shot>\n/, '')).toBe(assumed);
});

test('a document made to be repeated is not: huge spaces and elements stay one', () => {
  const nodes = Array.from({ length: 4000 }, (_, index) => ({
    file: `f${String(index)}`,
    ...(index > 0 && { parent: 0 }),
    ...(index > 0 && index < 3999 && { guid: testGuid(5) }),
  }));
  const space = ' '.repeat(300_000);
  const source = descriptorXml(nodes)
    .replace('</Shot>\n', `</Shot>${space}`)
    .replace('</Image>\n', `</Image>${space}`)
    .replace(/(?=<\/Shot>\s*<\/Snapshots>)/, `<!--${space}-->`);
  const { descriptor } = parseDescriptor(source);
  if (descriptor === undefined) throw new Error('not readable');
  const { images, shots } = descriptor;
  const again = shots.slice(1, -1).map((shot) => ({ ...shot, temporary: true }));
  for (const next of [
    { ...descriptor, shots: shots.toReversed() },
    { ...descriptor, images: images.toReversed() },
    { ...descriptor, shots: [...shots.slice(0, 1), ...again, ...shots.slice(-1)] },
    { ...descriptor, images: images.map((image) => ({ ...image, file: `${image.file}x` })) },
  ])
    expect(editDescriptor(source, next).length).toBeLessThan(2 * source.length);
}, 120_000);

test('of what the tool refuses, a change is refused with its findings', () => {
  const source = descriptorXml([{}])
    .replace(SHOT, '')
    .replace(/<Image>.*<\/Image>/, '');
  const { accepted, descriptor } = parseDescriptor(source);
  expect(accepted).toBe(false);
  if (descriptor === undefined) throw new Error('not readable');
  expect(() => editDescriptor(source, { ...descriptor, size: sectors(2048) })).toThrow(
    DescriptorError,
  );
});
