import { AbortedError, isPloopError, type Runner } from '@ploop/runner';

import { leaving } from '../left-behind.ts';
import { changesBetween, momentOf } from '../moment.ts';

/** What a mutation works on, and with. */
export interface Target {
  readonly descriptorPath: string;
  readonly runner: Runner;
}

/** What every mutation can be given. */
export interface MutationOptions {
  /** Sends the tool SIGTERM. It may finish all the same. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Lets the mutations that go through one runner change a disk one after the other. The error of one that fails says what
 * it has left: the disk is compared with what it was before. One that is cancelled while it waits is not begun.
 *
 * @throws AbortedError
 */
export async function exclusively<Result>(
  { runner, descriptorPath }: Target,
  mutate: () => Promise<Result>,
  { signal }: MutationOptions = {},
): Promise<Result> {
  const work = async (): Promise<Result> => {
    const before = await momentOf(descriptorPath);
    try {
      return await mutate();
    } catch (error) {
      if (!isPloopError(error)) throw error;
      throw leaving(error, changesBetween(before, await momentOf(descriptorPath)));
    }
  };
  try {
    return await runner.exclusive(descriptorPath, work, signal);
  } catch (error) {
    if (signal?.aborted !== true || error !== signal.reason) throw error;
    throw new AbortedError({ argv: [], stdout: '', stderr: '', toolErrors: [], cause: error });
  }
}
