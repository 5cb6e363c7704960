import { requireDescriptor } from '../arguments/model.ts';
import { requireArgument, requireOptions } from '../arguments/require.ts';
import {
  aFlag,
  aFunction,
  anObject,
  aPath,
  aReleaseName,
  aText,
  either,
  type Rules,
} from '../arguments/rules.ts';

const OPTIONS: Rules = {
  release: aReleaseName,
  directory: aPath,
  randomGuid: aFunction,
};

const aSnapshot: Rules = { guid: aText, fileGuid: aText };

const INPUTS = {
  delete: { isMounted: aFlag },
  merge: { guid: aText, ancestor: aText, all: aFlag, newFile: aPath },
  replace: { keepName: aFlag },
  rewrite: {},
  snapshot: { ...aSnapshot, isMounted: aFlag },
  switch: { fileGuid: aText, keepOldTop: anObject({}), reuseTarget: aFlag },
} satisfies Readonly<Record<string, Rules>>;

/** What an input cannot do without. */
const NECESSARY: Readonly<Record<keyof typeof INPUTS, Rules>> = {
  delete: { guid: aText },
  merge: {},
  replace: {
    target: either(anObject({ guid: aText }), anObject({ file: aPath })),
    newFile: aPath,
  },
  rewrite: {},
  snapshot: {},
  switch: { guid: aText },
};

/**
 * Refuses a plan of what is not a descriptor, an input or an option.
 *
 * @throws DescriptorError with code `OPTION_INVALID`.
 */
export function requirePlannable(
  operation: keyof typeof INPUTS,
  descriptor: unknown,
  input: unknown,
  options: unknown,
): void {
  requireDescriptor(descriptor);
  requireOptions(input, INPUTS[operation], 'input');
  requireOptions(options, OPTIONS);
  const given = new Map<string, unknown>(Object.entries(input ?? {}));
  for (const [name, rule] of Object.entries(NECESSARY[operation]))
    requireArgument(name, given.get(name), rule);
  const keepOldTop = given.get('keepOldTop');
  if (operation === 'switch' && keepOldTop !== undefined)
    requireOptions(keepOldTop, aSnapshot, 'keepOldTop');
}
