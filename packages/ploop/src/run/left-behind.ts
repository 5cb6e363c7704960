import { PloopError, RefusedError } from '@ploop/runner';

/**
 * The same failure, saying what it has left on this machine. It is distinguished by `code` and `exitCode` as before; the
 * failure as the runner threw it is its `cause`. A refusal stays as it is: it has started nothing.
 */
export function leaving(error: PloopError, left: readonly string[]): PloopError {
  if (left.length === 0 || error instanceof RefusedError) return error;
  const { argv, stdout, stderr, toolErrors, exitCode, exitName, signal, reason, hint } = error;
  return new PloopError(error.code, `${error.message}; left behind: ${left.join(', ')}`, {
    ...{ argv, stdout, stderr, toolErrors, exitCode, exitName, signal, reason, hint },
    leftBehind: [...new Set([...left, ...error.leftBehind])],
    cause: error,
  });
}
