import { describe, expect, test } from 'vitest';

import { BUILDS, EXPERIMENTS, isAsMeasured, runAt, written, WRITTEN } from './experiments.ts';

describe.each(Object.entries(EXPERIMENTS))('%s', (_, experiment) => {
  test.each(BUILDS)('%s', (release) => {
    expect(isAsMeasured(experiment, release)).toBe(true);
  });
});

describe.each(Object.entries(WRITTEN))('%s', (name, runs) => {
  test.each(BUILDS)('as %s writes it', (release) => {
    const [, expected] = runAt(runs, release);
    expect(written[name]?.(release)).toBe(expected);
  });
});
