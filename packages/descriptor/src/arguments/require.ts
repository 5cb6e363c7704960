import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { DescriptorError } from '../errors.ts';
import { isRecord, type Rule } from './rules.ts';

/** Names of arguments or options, and what each has to be. */
export type Rules = Readonly<Record<string, Rule>>;

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

/** Characters of a value in a message. */
const LONGEST = 100;

/** A wrong value in words, without running code of its own. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, LONGEST));
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
