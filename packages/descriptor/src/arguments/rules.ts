import { isReleaseName } from '../releases/release.ts';

/** What an argument or an option has to be. */
export interface Rule {
  /** In words, to go after "expected". */
  readonly expected: string;
  readonly fits: (value: unknown) => boolean;
  /** Whether it must be given. Default: it may be left out, or be `undefined`. */
  readonly isNeeded?: true;
  /** Rules of its members, if it is an object of options. */
  readonly members?: Rules;
}

/** Names of arguments or options, and what each has to be. */
export type Rules = Readonly<Record<string, Rule>>;

/** Half a character: no UTF-8 form, so a file name with it would be that of another file. */
const LONE_SURROGATE = /\p{Cs}/u;

function isText(value: unknown): value is string {
  return typeof value === 'string' && !LONE_SURROGATE.test(value);
}

/** A rule for what must be given. */
export function needed(rule: Rule): Rule {
  return { ...rule, isNeeded: true };
}

/** An object of options, each of which has a rule; options without a rule are ignored. */
export function options(members: Rules): Rule {
  return { expected: 'an object', fits: isRecord, members };
}

/** Any text. For what is checked further, with an error of its own. */
export const aString: Rule = { expected: 'a text', fits: (value) => typeof value === 'string' };

/** Any number, NaN included. For what is checked further, with an error of its own. */
export const aNumber: Rule = { expected: 'a number', fits: (value) => typeof value === 'number' };

/** A bigint. */
export const aBigInt: Rule = { expected: 'a bigint', fits: (value) => typeof value === 'bigint' };

/** A list. */
export const aList: Rule = { expected: 'a list', fits: Array.isArray };

/** True or false. */
export const aFlag: Rule = {
  expected: 'true or false',
  fits: (value) => typeof value === 'boolean',
};

/** A whole number from 0 on that is held exactly. */
export const aCount: Rule = {
  expected: 'a whole number from 0 on',
  fits: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
};

/** Any text that has a form in UTF-8. */
export const aText: Rule = { expected: 'a text without half characters', fits: isText };

/** The path of a file or a directory. */
export const aPath: Rule = {
  expected: 'a path: a text that is not empty and holds neither NUL nor half characters',
  fits: (value) => isText(value) && value !== '' && !value.includes('\0'),
};

/** A path that is the same in every working directory. */
export const anAbsolutePath: Rule = {
  expected: 'an absolute path',
  fits: (value) => aPath.fits(value) && String(value).startsWith('/'),
};

/** A whole number from 1 on that is held exactly. */
export const aPositive: Rule = {
  expected: 'a whole number from 1 on',
  fits: (value) => Number.isSafeInteger(value) && Number(value) > 0,
};

/** Bytes, in memory. */
export const aBytes: Rule = {
  expected: 'a Uint8Array',
  fits: (value) => value instanceof Uint8Array,
};

/** A function. */
export const aFunction: Rule = {
  expected: 'a function',
  fits: (value) => typeof value === 'function',
};

/** An `AbortSignal`, of whichever realm. */
export const aSignal: Rule = {
  expected: 'an AbortSignal',
  fits: (value) =>
    isRecord(value) &&
    typeof value['aborted'] === 'boolean' &&
    typeof value['addEventListener'] === 'function',
};

/** A document, decoded or not. */
export const aDocument: Rule = {
  expected: 'a text or a Uint8Array',
  fits: (value) => typeof value === 'string' || value instanceof Uint8Array,
};

/** One of a closed set of texts. */
export function oneOf(known: readonly (string | number)[]): Rule {
  return {
    expected: `one of ${known.join(', ')}`,
    fits: (value) => known.some((one) => one === value),
  };
}

/** An object of which these members fit. */
export function anObject(members: Readonly<Record<string, Rule>>): Rule {
  const names = Object.keys(members).join(', ');
  return {
    expected: names === '' ? 'an object' : `an object with ${names}`,
    fits: (value) =>
      isRecord(value) && Object.entries(members).every(([name, rule]) => rule.fits(value[name])),
  };
}

/** One rule or another. */
export function either(...rules: readonly Rule[]): Rule {
  return {
    expected: rules.map(({ expected }) => expected).join(', or '),
    fits: (value) => rules.some((rule) => rule.fits(value)),
  };
}

/** Where files may be: a directory, which is checked where it is used, or anywhere. */
export const aConfinement: Rule = {
  expected: 'the path of a directory, or false',
  fits: (value) => typeof value === 'string' || value === false,
};

/** A readable stream of Node. */
export const aReadable: Rule = {
  expected: 'a readable stream',
  fits: (value) => isRecord(value) && typeof value['pipe'] === 'function' && 'readable' in value,
};

/** A writable stream of Node. */
export const aWritable: Rule = {
  expected: 'a writable stream',
  fits: (value) => isRecord(value) && typeof value['write'] === 'function' && 'writable' in value,
};

/** Whether members of a value can be looked at by name. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A release that can be planned for. */
export const aReleaseName: Rule = {
  expected: "the name of a release from 1.11 on, such as '8.0.30' or '9'",
  fits: isReleaseName,
};
