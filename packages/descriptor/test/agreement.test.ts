import { expect, test } from 'vitest';

import { catalog } from '../src/diagnostics/catalog.ts';
import type { DiagnosticCode } from '../src/diagnostics/codes.ts';

/** A one that is a number, a text, a list of one and data whose members are ones, whatever is asked of it. */
const one: unknown = new Proxy(
  {},
  {
    get: (_none, name) => {
      if (name === Symbol.toPrimitive) return () => '1';
      if (name === Symbol.iterator) return () => [one].values();
      if (name === 'length') return 1;
      if (name === 'slice' || name === 'toString' || name === 'find') return () => one;
      const ofList = Reflect.get([one], name) as unknown;
      if (typeof ofList === 'function') return ofList.bind([one]) as unknown;
      const ofText = Reflect.get(Object('1') as object, name) as unknown;
      return typeof ofText === 'function' ? (ofText.bind('1') as unknown) : one;
    },
  },
);

/** The texts of a code for data of which every number is one, with all members and without each of them. */
function saidOfOne(code: DiagnosticCode): readonly string[] {
  const names = new Set<string | symbol | undefined>([undefined]);
  const texts: string[] = [];
  for (const absent of names) {
    const get = (_none: object, name: string | symbol): unknown => {
      names.add(name);
      return name === absent ? undefined : one;
    };
    try {
      // Joined, as a text may be a member itself.
      texts.push([catalog[code].text(new Proxy({}, { get }) as never)].join());
    } catch {
      // Another one that is never absent.
    }
  }
  // A number that is never absent is printed as undefined.
  return texts.filter((text) => !/undefined (?:of|bytes)/.test(text));
}

const NOUNS =
  'ancestors|bytes|children|clusters|cylinders|elements|entries|files|findings|heads|images|links|names(?! as)|partitions|ranges|sectors|shots|snapshots|symlinks';
const DISAGREES = new RegExp(
  `(?<![\\w.-])1 (?:zero |more |other |stored )?(?:(?:${NOUNS})\\b|\\w+ (?:are|have|follow|take|hang)\\b)`,
);

const codes = Object.keys(catalog) as readonly DiagnosticCode[];

test.each(codes)('what %s says of one agrees with it', (code) => {
  for (const said of saidOfOne(code)) expect(said).not.toMatch(DISAGREES);
});

test('all codes say something of one', () => {
  const silent = codes.filter((code) => saidOfOne(code).length === 0);
  expect(silent).toEqual([]);
});
