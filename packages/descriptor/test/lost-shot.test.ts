import { descriptorXml, sample, testGuid } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { hintedTogether } from '../src/diagnostics/together.ts';
import { NIL_GUID, TOP_GUID } from '../src/guid.ts';
import { parseDescriptor } from '../src/parse.ts';

/** A chain, the constant as the GUID of its top or not, and which of its shots is lost. */
const chains = fc
  .record({ images: fc.integer({ min: 1, max: 8 }), isConstant: fc.boolean(), lost: fc.nat() })
  .map(({ images, isConstant, lost }) => ({ images, isConstant, lost: lost % images }))
  .filter(({ images, isConstant }) => images > 1 || !isConstant);

test('a lost shot of a chain is one error, which says what to write', () => {
  fc.assert(
    fc.property(chains, ({ images, isConstant, lost }) => {
      const guids = Array.from({ length: images }, (_, index) =>
        isConstant && index === images - 1 ? TOP_GUID : testGuid(20 + index),
      );
      const shots = guids.map(
        (guid, index) =>
          `<Shot><GUID>${guid}</GUID><ParentGUID>${guids[index - 1] ?? NIL_GUID}</ParentGUID></Shot>`,
      );
      const files = guids.map((guid, index) => image(guid, `d${String(index)}`));
      const whole = document(files, guids.at(-1) ?? '', shots);
      expect(codesOf(whole)).toEqual(isConstant ? [] : ['OLD_FORMAT']);
      const { diagnostics } = parseDescriptor(
        document(files, guids.at(-1) ?? '', shots.toSpliced(lost, 1)),
      );
      expect(diagnostics.find(({ code }) => code === 'SHOT_LOST')).toMatchObject({
        severity: 'error',
        data: { guid: guids[lost], ...belowIn(guids, lost) },
      });
      const rest = diagnostics.map(({ code }) => code).filter((code) => code !== 'SHOT_LOST');
      // The tool refuses a top that is not known; the other one is about the top as it was.
      const ofTop = lost === images - 1 ? 'TOP_GUID_UNKNOWN' : 'OLD_FORMAT';
      expect(rest).toEqual(['SHOT_ASSUMED', ...(isConstant ? [] : [ofTop])]);
    }),
    sample('lost shots', 60),
  );
});

test.each([
  [
    'a dead branch that the lost shot can stand on or not',
    [
      [1, 0],
      [3, 2],
    ],
    3,
    2,
    { unbranched: 1 },
  ],
  [
    'a dead branch that forks where it is seen',
    [
      [1, 0],
      [2, 0],
      [4, 3],
    ],
    4,
    3,
    {},
  ],
  [
    'one shot that is not above the lost one',
    [
      [2, 1],
      [3, 1],
    ],
    3,
    1,
    { parent: 0 },
  ],
  [
    'a branch that begins above it',
    [
      [1, 0],
      [3, 2],
      [4, 2],
    ],
    4,
    2,
    {},
  ],
] as const)('%s', (_name, parents, top, lost, below) => {
  const guids = [50, 51, 52, 53, 54].slice(0, top + 1).map(testGuid);
  const guidOf = (index: number): string => guids[index] ?? NIL_GUID;
  const shot = (index: number, parent: number): string =>
    `<Shot><GUID>${guidOf(index)}</GUID><ParentGUID>${guidOf(parent)}</ParentGUID></Shot>`;
  const shots = [[0, -1] as const, ...parents].map(([index, parent]) => shot(index, parent));
  const files = guids.map((guid, index) => image(guid, `d${String(index)}`));
  const { diagnostics } = parseDescriptor(document(files, guidOf(top), shots));
  const found = diagnostics.find(({ code }) => code === 'SHOT_LOST');
  const { guid, child, ...rest } = found?.code === 'SHOT_LOST' ? found.data : {};
  expect([guid, child]).toEqual([guidOf(lost), guidOf(lost + 1)]);
  const expected = Object.entries(below).map(([name, index]) => [name, guidOf(index)]);
  expect(rest).toEqual(Object.fromEntries(expected));
  if (!('parent' in below)) expect(found?.hint).toMatch(/by a backup of the descriptor/);
});

test('the findings that remain name the cause', () => {
  const files = ['a', 'b'].map((name, index) => image(testGuid(30 + index), name));
  const base = `<Shot><GUID>${testGuid(30)}</GUID><ParentGUID>${NIL_GUID}</ParentGUID></Shot>`;
  const { diagnostics } = parseDescriptor(document(files, testGuid(31), [base]));
  for (const { code, hint } of hintedTogether(diagnostics).slice(1))
    expect(`${code} ${hint}`).toMatch(/SHOT_LOST/);
});

test('it is not certain which shot is lost', () => {
  const files = ['a', 'b'].map((name, index) => image(testGuid(30 + index), name));
  const other = `<Shot><GUID>${testGuid(40)}</GUID><ParentGUID>${NIL_GUID}</ParentGUID></Shot>`;
  expect(codesOf(document(files, testGuid(40), [other]))).toContain('SHOT_ASSUMED');
});

test('the only image of a disk has the shot that the tool adds', () => {
  expect(codesOf(document([image(TOP_GUID, 'a')], TOP_GUID, []))).toEqual(['SHOT_ASSUMED']);
});

/** What a lost shot of a chain stands on, as far as the others show it. */
function belowIn(guids: readonly string[], lost: number): object {
  if (lost === 0) return { parent: NIL_GUID };
  return { [lost === 1 ? 'parent' : 'unbranched']: guids[lost - 1] };
}

function codesOf(xml: string): readonly string[] {
  return parseDescriptor(xml).diagnostics.map(({ code }) => code);
}

function image(guid: string, file: string): string {
  return `<Image><GUID>${guid}</GUID><Type>Compressed</Type><File>${file}</File></Image>`;
}

function document(images: readonly string[], top: string, shots: readonly string[]): string {
  const xml = descriptorXml([{}], { blockSize: '64', size: '4096' });
  return xml
    .replace(/<Image>.*<\/Image>/s, images.join(''))
    .replace(
      /<Snapshots>.*<\/Snapshots>/s,
      `<Snapshots><TopGUID>${top}</TopGUID>${shots.join('')}</Snapshots>`,
    );
}
