import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { listing } from './listing.ts';
import { parseDescriptor } from '../src/index.ts';

interface Expected {
  readonly exitCode: number;
  readonly stdout: string;
}
const corpus = join(import.meta.dirname, 'corpus');
const RELEASE = '1.15';

describe(`release ${RELEASE} and we agree`, () => {
  test.each(readdirSync(corpus))('%s', (name) => {
    const read = (file: string): Buffer => readFileSync(join(corpus, name, file));
    const expected = JSON.parse(read('expected.json').toString()) as Record<string, Expected>;
    const { exitCode, stdout } = expected[RELEASE] ?? { exitCode: Number.NaN, stdout: '' };
    const { accepted, descriptor, diagnostics } = parseDescriptor(read('DiskDescriptor.xml'));
    expect(accepted).toBe(exitCode === 0);
    expect(diagnostics.length > 0 || accepted).toBe(true);
    if (accepted && descriptor !== undefined)
      expect(listing(descriptor, '$DIR')).toEqual(stdout.split('\n').slice(1));
  });
});
