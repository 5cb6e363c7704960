import { randomInt } from 'node:crypto';

/**
 * How often and from which seed a property runs: a sample with a fresh seed by default, more by `PLOOP_RUNS`, the
 * same again by `PLOOP_SEED`. The seed is printed, for a failure that shows only once.
 */
export function sample(name: string, runs: number): { numRuns: number; seed: number } {
  const numRuns = Number(process.env['PLOOP_RUNS'] ?? runs);
  const seed = Number(process.env['PLOOP_SEED'] ?? randomInt(2 ** 31));
  console.info(`${name}: PLOOP_RUNS=${String(numRuns)} PLOOP_SEED=${String(seed)}`);
  return { numRuns, seed };
}
