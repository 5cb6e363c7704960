import { execFileSync } from 'node:child_process';

import { memorySource } from '@ploop/descriptor/internal';
import { imageBytes } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { openChain } from './open-chain.ts';
import { qemuChain } from './qemu-chain.ts';

const HOSTILE = `/a b/it's "$(x)"\n-é`;

test('the drivers come from the first bytes, the images in order', async () => {
  const chain = await openChain(
    [memorySource('/raw', new Uint8Array(4096)), memorySource(HOSTILE, imageBytes())],
    { rawBase: true },
  );
  const [name] = qemuChain(chain).names;
  expect(JSON.parse((name ?? '').slice('json:'.length))).toEqual({
    driver: 'parallels',
    file: { driver: 'file', filename: HOSTILE },
    backing: { driver: 'raw', file: { driver: 'file', filename: '/raw' } },
  });
});

test('a shell makes of every line what the arguments are', async () => {
  const chain = await openChain([memorySource(HOSTILE, imageBytes())]);
  const { argv, lines } = qemuChain(chain, { output: `-o'ut`, socket: '/a b' });
  for (const use of ['convert', 'compare', 'measure', 'map', 'nbd'] as const) {
    const words = execFileSync('sh', ['-c', `printf '%s\\0' ${lines[use] ?? ''}`], {
      encoding: 'utf8',
    });
    expect(words.split('\0').slice(0, -1)).toEqual(argv[use]);
  }
  expect(argv.convert.at(-1)).toBe(`./-o'ut`);
});

test('there is no server without a socket, which must be absolute', async () => {
  const chain = await openChain([memorySource('/d0', imageBytes())]);
  const { argv, lines } = qemuChain(chain);
  expect([...Object.keys(argv), ...Object.keys(lines)]).not.toContain('nbd');
  expect(() => qemuChain(chain, { socket: 'ploop.sock' })).toThrow(/an absolute path/);
});
