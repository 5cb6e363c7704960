import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { DescriptorError } from '../errors.ts';
import { misfitOfCall, shown } from './misfit.ts';
import { isRecord, type Rule, type Rules } from './rules.ts';

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
  throw new DescriptorError([
    diagnostic('OPTION_INVALID', { option, value, expected: rule.expected }),
  ]);
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
  if (!isRecord(options))
    requireArgument(name, options, { expected: 'an object', fits: () => false });
  else
    for (const [option, rule] of Object.entries(rules))
      if (options[option] !== undefined) requireArgument(option, options[option], rule);
}

/** Why an argument does not fit; `undefined` if it does. */
export function misfit(option: string, value: unknown, rule: Rule): Diagnostic | undefined {
  if (rule.fits(value)) return undefined;
  return diagnostic('OPTION_INVALID', { option, value: shown(value), expected: rule.expected });
}
