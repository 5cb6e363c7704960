import { OutcomeError } from '@ploop/runner';

/**
 * Makes sure that the descriptor says what the tool said by its exit code: release 1.15 exits with 0 where it could not
 * write the descriptor.
 *
 * @throws OutcomeError
 */
export function verify(holds: boolean, operation: string, expected: string): asserts holds {
  if (!holds) throw new OutcomeError(operation, expected);
}
