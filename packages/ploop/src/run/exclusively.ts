import { runAsync } from '@ploop/descriptor/internal';
import { AbortedError, isPloopError, RefusedError, type Among } from '@ploop/runner';

import { currentState, type Source } from '../state/source.ts';
import { leaving } from './left-behind.ts';
import { leftBy } from './left-by.ts';
import type { MutationOptions } from './run-target.ts';
import { traced } from './trail.ts';

/**
 * Lets the mutations that go through one runner, or through this package in several processes, change a disk one after the
 * other. The error of one that fails says what
 * it has left, by what the tool said in its runs: other programs may change the disk at the same time. One that is
 * cancelled while it waits is not begun.
 *
 * @param mutate - Works with the source that it is given, whose runner keeps what its runs say.
 * @throws AbortedError
 */
export async function exclusively<Result>(
  source: Source,
  mutate: (source: Source) => Promise<Result>,
  { signal }: MutationOptions = {},
  among: Among = 'processes',
): Promise<Result> {
  const { runner, descriptorPath } = source;
  const work = async (): Promise<Result> => {
    const before = await runAsync(currentState(source)).catch(() => undefined);
    const trail = traced(runner);
    try {
      return await mutate({ ...source, runner: trail.runner });
    } catch (error) {
      if (!isPloopError(error) || error instanceof RefusedError) throw error;
      throw leaving(error, await leftBy(source, trail.runs, before));
    }
  };
  try {
    return await runner.exclusive(descriptorPath, work, signal, among);
  } catch (error) {
    if (signal?.aborted !== true || error !== signal.reason) throw error;
    throw new AbortedError({ argv: [], stdout: '', stderr: '', toolErrors: [], cause: error });
  }
}
