import { OutcomeError } from '@ploop/runner';

/**
 * Makes sure of what a run did to other files than the descriptor, which the runner looks at.
 *
 * @throws OutcomeError
 */
export function verify(holds: boolean, operation: string, expected: string): asserts holds {
  if (!holds) throw new OutcomeError(operation, expected);
}
