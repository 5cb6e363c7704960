import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { listing } from './listing.ts';
import { parseDescriptor, parseRelease } from '../src/index.ts';

interface Expected {
  readonly exitCode: number;
  readonly stdout: string;
}
const corpus = join(import.meta.dirname, 'corpus');
const RELEASES = ['1.15', '7.0.280', '9.0.30'] as const;

describe.each(RELEASES)('release %s and we agree', (release) => {
  test.each(readdirSync(corpus))('%s', (name) => {
    const read = (file: string): Buffer => readFileSync(join(corpus, name, file));
    const expected = JSON.parse(read('expected.json').toString()) as Record<string, Expected>;
    const { exitCode, stdout } = expected[release] ?? { exitCode: Number.NaN, stdout: '' };
    const source = read('DiskDescriptor.xml');
    const { accepted, descriptor, diagnostics } = parseDescriptor(source, { release });
    expect(accepted).toBe(exitCode === 0);
    expect(diagnostics.length > 0 || accepted).toBe(true);
    if (!accepted) return;
    const rows = stdout.replaceAll('$PARENT', '/parent').replaceAll('$DIR', '/parent/dir');
    expect(listing(descriptor, '/parent/dir', parseRelease(release))).toEqual(
      rows.split('\n').slice(1),
    );
  });
});
