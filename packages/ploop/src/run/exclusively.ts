import { runAsync } from '@ploop/descriptor/internal';
import { AbortedError, isPloopError, RefusedError, type Among } from '@ploop/runner';

import { stateOf } from '../state/state.ts';
import { leaving } from './left-behind.ts';
import { leftBy } from './left-by.ts';
import type { Target, MutationOptions } from './run-target.ts';
import { traced } from './trail.ts';

/**
 * Lets the mutations that go through one runner, or through this package in several processes, change a disk one after the
 * other. The error of one that fails says what
 * it has left, by what the tool said in its runs: other programs may change the disk at the same time. One that is
 * cancelled while it waits is not begun.
 *
 * @param mutate - Works with the target that it is given, whose runner keeps what its runs say.
 * @throws AbortedError
 */
export async function exclusively<On extends Target, Result>(
  target: On,
  mutate: (target: On) => Promise<Result>,
  { signal }: MutationOptions = {},
  among: Among = 'processes',
): Promise<Result> {
  const { runner, descriptorPath } = target;
  const work = async (): Promise<Result> => {
    const before = await runAsync(stateOf(descriptorPath)).catch(() => undefined);
    const trail = traced(runner);
    try {
      return await mutate({ ...target, runner: trail.runner });
    } catch (error) {
      if (!isPloopError(error) || error instanceof RefusedError) throw error;
      throw leaving(error, await leftBy(target, trail.runs, before));
    }
  };
  try {
    return await runner.exclusive(descriptorPath, work, signal, among);
  } catch (error) {
    if (signal?.aborted !== true || error !== signal.reason) throw error;
    throw new AbortedError({ argv: [], stdout: '', stderr: '', toolErrors: [], cause: error });
  }
}
