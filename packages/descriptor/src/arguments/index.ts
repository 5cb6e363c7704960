export { misfitOfCall, shown } from './misfit.ts';
export type { Misfit } from './misfit.ts';
export { requireCall } from './require.ts';
export {
  aBytes,
  aConfinement,
  aCount,
  aFlag,
  aFunction,
  aList,
  aNumber,
  anObject,
  aPath,
  aReleaseName,
  aReadable,
  aSignal,
  aString,
  aWritable,
  either,
  isRecord,
  needed,
  oneOf,
  options,
} from './rules.ts';
export type { Rule, Rules } from './rules.ts';
