import { RefusedError } from '@ploop/runner';

/**
 * The second step of a call, after one that changed the disk. If it is refused, nothing of it was started; the refusal says
 * what the first step has done.
 *
 * @param done - What the first step has done; `undefined` if it had nothing to do.
 */
export async function secondStep<Result>(
  done: string | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (done === undefined || !(error instanceof RefusedError)) throw error;
    throw new RefusedError(
      error.reason,
      `${error.message}; ${done}`,
      error.hint ?? 'Look at the snapshots, then go on from there.',
    );
  }
}
