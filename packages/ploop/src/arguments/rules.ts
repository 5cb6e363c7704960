import {
  aConfinement,
  aFlag,
  aFunction,
  anObject,
  aPath,
  aSignal,
  aString,
  options,
  type Rule,
  type Rules,
} from '@ploop/descriptor/arguments';

/** A GUID. Whether a text is one is checked where it is used. */
export const aGuid: Rule = {
  expected: 'a GUID',
  fits: (value) => aString.fits(value),
};

const aRunner = anObject({
  run: aFunction,
  complete: aFunction,
  preflight: aFunction,
  exclusive: aFunction,
  release: aFunction,
});

const ROOTS = options({ sys: aPath, proc: aPath, dev: aPath, run: aPath });

export const SIGNAL: Rules = { signal: aSignal };
export const GUARDED: Rules = { ...SIGNAL, allowLinked: aFlag, allowRival: aFlag };
export const RUNNER: Rules = { runner: aRunner };
export const CONFINED: Rules = { confine: aConfinement };
export const KERNEL: Rules = { roots: ROOTS };

/** Options of what opens a disk. */
export const OPEN: Rules = {
  ...CONFINED,
  ...RUNNER,
  ...KERNEL,
  cache: aFlag,
  assumeUnmounted: aFlag,
};
