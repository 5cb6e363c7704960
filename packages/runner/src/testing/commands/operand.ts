import type { Call } from '../simulation.ts';
import { UsageError } from '../usage-error.ts';

/** The last operand of a call that has one: a descriptor or an image. */
export function operandOf({ words }: Call): string {
  const [operand, ...further] = words.operands;
  if (operand === undefined || further.length > 0) throw new UsageError();
  return operand;
}

/** The value of an option that the call must have. */
export function valueOf({ words }: Call, letter: string): string {
  const value = words.options.get(letter);
  if (value === undefined) throw new UsageError();
  return value;
}
