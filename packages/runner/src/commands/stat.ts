import { Readable } from 'node:stream';

import { requireOption } from '../arguments/require.ts';
import { flag } from '../argv/options.ts';
import { devicePath } from '../argv/paths.ts';
import { someCounters } from '../argv/values.ts';
import type { Command, Parsed } from '../command.ts';
import { RefusedError } from '../errors/errors.ts';

/** The driver's counters of a device, by name, and what they stand at. Which there are depends on the driver. */
export type Counters = Readonly<Record<string, bigint>>;

/** Input of `ploop stat`. */
export interface StatInput {
  readonly device: string;
  /** Sets the counters: all to 0, or these to these values. Default: reads them. */
  readonly set?: 'zero' | Counters | undefined;
}

// 1.15: "bio_reads           \t12"
const COUNTER = /^(\w+) *\t(\d+)$/;
const NAME = /^\w{1,64}$/;
const MOST = 2n ** 64n;

/**
 * `ploop stat`: the driver's counters of a device; none where they are set. For the block driver: releases 1 and 7. Exit
 * code 9: no such device.
 */
export const stat: Command<StatInput, Counters> = {
  name: 'stat',
  verbosity: -1,
  mutates: true,
  releases: [{ since: '1.10', before: '8' }],
  disk: ({ device }) => device,
  argv: ({ device, set }) => {
    requireOption('set', set, someCounters);
    return [
      ...flag('-c', set === 'zero'),
      ...flag('-l', typeof set === 'object'),
      '-d',
      devicePath(device),
    ];
  },
  streams: ({ set }) => (typeof set === 'object' ? { stdin: Readable.from([lines(set)]) } : {}),
  parse: (stdout, { set }) => (set === undefined ? parseCounters(stdout) : { value: {} }),
};

function lines(counters: Counters): string {
  const rows = Object.entries(counters).map(([name, value]) => {
    if (!NAME.test(name) || value < 0n || value >= MOST)
      throw new RefusedError(
        'NUMBER_INVALID',
        `${JSON.stringify(name)} ${String(value)} is not a counter`,
      );
    return `${name} ${String(value)}\n`;
  });
  return rows.join('');
}

function parseCounters(stdout: string): Parsed<Counters> {
  const expected = { expected: 'counters, a name and a number each' };
  if (stdout !== '' && !stdout.endsWith('\n')) return expected;
  const counters = new Map<string, bigint>();
  for (const line of stdout.split('\n').slice(0, -1)) {
    const [, name, value] = COUNTER.exec(line) ?? [];
    if (name === undefined || value === undefined || counters.has(name)) return expected;
    counters.set(name, BigInt(value));
  }
  return { value: Object.fromEntries(counters) };
}
