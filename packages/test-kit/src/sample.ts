import { randomInt } from 'node:crypto';

/**
 * How often and from which seed a property runs: a sample with a fresh seed by default, more by `PLOOP_RUNS`, the
 * same again by `PLOOP_SEED`. The seed is printed, for a failure that shows only once.
 */
export function sample(name: string, runs: number): { numRuns: number; seed: number } {
  const numRuns = count('PLOOP_RUNS', 1) ?? runs;
  const seed = count('PLOOP_SEED', 0) ?? randomInt(2 ** 31);
  console.info(`${name}: PLOOP_RUNS=${String(numRuns)} PLOOP_SEED=${String(seed)}`);
  return { numRuns, seed };
}

function count(name: string, least: number): number | undefined {
  const text = process.env[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least)
    throw new Error(`${name}=${text} is not a whole number from ${String(least)} on`);
  return value;
}
