import { expect, test } from 'vitest';

import { diagnostic } from './diagnostic.ts';
import { confineHint } from './confine-hint.ts';

test.each([
  ['/srv/ve/a', '/srv/ve/s', '`confine: "/srv/ve"`'],
  ['/srv/ve/a', '/srv/ve/s/../t', '`confine: "/srv/ve"`'],
  ['/srv/ve/a', '/srv/ve', '`confine: "/srv/ve"`'],
  ['/srv/a b/c', '/srv//a b/./d', "`--confine '/srv/a b'`"],
  ['/srv/ve', '/etc', 'pass a directory that holds both as `confine`'],
])('%s and %s: %s', (within, outside, part) => {
  expect(confineHint(within, outside)).toContain(part);
});

test('findings about what is outside say the option with its directory', () => {
  const within = '/v/a';
  for (const { hint } of [
    diagnostic('VOLUME_OUTSIDE', { directory: '/v/s', within }),
    diagnostic('DELTA_OUTSIDE', { guid: 'g', file: '/v/a/../s/image.hds', within }),
  ])
    expect(hint).toContain('pass `confine: "/v"`, or `--confine /v` to ploop-inspect');
});
