import { readdirSync, readFileSync } from 'node:fs';

import { sample } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { createRunner, type Command } from '../src/index.ts';

/** 1,000 by hand. */
const RUNS = sample('leaks', 60).numRuns;

const quiet: Command<{ readonly disk: string }, string> = {
  name: 'quiet',
  verbosity: 0,
  mutates: true,
  disk: ({ disk }) => disk,
  argv: () => [],
  parse: (stdout) => ({ value: stdout }),
};

const descriptors = (): number => readdirSync('/proc/self/fd').length;
const children = (): string =>
  readFileSync(`/proc/self/task/${String(process.pid)}/children`, 'utf8').trim();

test('runs leave no descriptors, processes, listeners or timers behind', async () => {
  const warnings: Error[] = [];
  const listen = (warning: Error): number => warnings.push(warning);
  process.on('warning', listen);
  const { signal } = new AbortController();
  const runner = createRunner({ binary: '/bin/true', signal });
  const runAll = (count: number): Promise<unknown> =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        runner.run(quiet, { disk: `/p/${String(index % 20)}/DiskDescriptor.xml` }, { signal }),
      ),
    );
  await runAll(20);
  const before = { fds: descriptors(), processes: children(), listeners: listeners() };
  const timers = (): number =>
    process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const timersBefore = timers();
  await runAll(RUNS);
  expect({ fds: descriptors(), processes: children(), listeners: listeners() }).toEqual(before);
  expect(timers()).toBeLessThanOrEqual(timersBefore);
  process.off('warning', listen);
  expect(warnings).toEqual([]);
}, 120_000);

function listeners(): Readonly<Record<string, number>> {
  return Object.fromEntries(
    process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
  );
}
