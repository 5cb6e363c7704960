import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { DescriptorError } from '../errors.ts';
import { misfitOfCall, shown } from './misfit.ts';
import { needed, options as objectOf, type Rule, type Rules } from './rules.ts';

/**
 * Refuses the arguments of a call that callers without a compiler got wrong, before anything is done with them.
 *
 * @param rules - Of the arguments, in their order.
 * @throws DescriptorError with code `OPTION_INVALID`.
 */
export function requireCall(rules: Rules, given: readonly unknown[]): void {
  const found = misfitOfCall(rules, given);
  if (found === undefined) return;
  const { option, value, rule } = found;
  throw new DescriptorError([wrong(option, value, rule)]);
}

/**
 * Refuses an argument that callers without a compiler got wrong, before anything is done with it.
 *
 * @throws DescriptorError with code `OPTION_INVALID`.
 */
export function requireArgument(name: string, value: unknown, rule: Rule): void {
  const finding = misfit(name, value, rule);
  if (finding !== undefined) throw new DescriptorError([finding]);
}

/**
 * {@link requireArgument} of an object of options, each of which may be absent.
 *
 * @throws DescriptorError with code `OPTION_INVALID`.
 */
export function requireOptions(options: unknown, rules: Rules, name = 'options'): void {
  requireCall({ [name]: needed(objectOf(rules)) }, [options]);
}

/** Why an argument does not fit; `undefined` if it does. */
export function misfit(option: string, value: unknown, rule: Rule): Diagnostic | undefined {
  if (rule.fits(value)) return undefined;
  return wrong(option, shown(value), rule);
}

function wrong(option: string, value: string, { expected }: Rule): Diagnostic {
  return diagnostic('OPTION_INVALID', { option, value, expected });
}
