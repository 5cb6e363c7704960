import { bytes } from '@ploop/descriptor';
import { expect, test } from 'vitest';

import type { GuardContext } from '../command.ts';
import { isPloopError } from '../errors/errors.ts';
import { grow } from './grow.ts';

const MIB = 2 ** 20;
const TIB = 2 ** 40;

/** A machine that shows these texts of `/sys/block/ploop3/pstate`, and runs nothing. */
function showing(state: Readonly<Record<string, string>>): GuardContext {
  const unused = (): Promise<never> => Promise.reject(new Error('not asked for'));
  return {
    release: unused,
    look: unused,
    see: unused,
    run: unused,
    ask: (program, ...argv) => {
      const [, path = ''] = argv;
      const name = path.replace('/sys/block/ploop3/pstate/', '');
      return Promise.resolve(program === 'cat' ? state[name] : undefined);
    },
  };
}

async function growth(size: number, state: Readonly<Record<string, string>>): Promise<unknown> {
  try {
    await grow.guard?.({ device: '/dev/ploop3', size: bytes(size) }, showing(state));
    return undefined;
  } catch (error) {
    return isPloopError(error) ? [error.reason, error.hint] : error;
  }
}

const SMALL = { block_size: '64\n', fmt_version: '2\n' };
const OLD = { block_size: '2048\n', fmt_version: '1\n' };

test.each([
  [64 * MIB, SMALL],
  [64 * MIB + 32 * 1024, SMALL],
  [5 * TIB, SMALL],
  [TIB, OLD],
  [TIB, {}],
])('a device is grown to %d bytes with %j', async (size, state) => {
  expect(await growth(size, state)).toBeUndefined();
});

test.each([
  [64 * MIB + 512, SMALL, 'Grow it to 67141632 bytes.'],
  [64 * MIB + 32 * 1024, OLD, 'Grow it to 68157440 bytes.'],
  [64 * MIB + 512, {}, 'Grow the disk by its descriptor'],
  [64 * MIB + 512, { block_size: '0\n' }, 'Grow the disk by its descriptor'],
  [2 * TIB, OLD, 'Convert the disk to version 2 first'],
  [2 * TIB, { block_size: '2048\n' }, 'or grow it by its descriptor'],
  [2 * TIB, {}, 'or grow it by its descriptor'],
])('a device is not grown to %d bytes with %j: %s', async (size, state, hint) => {
  expect(await growth(size, state)).toEqual(['SIZE_INVALID', expect.stringContaining(hint)]);
});
