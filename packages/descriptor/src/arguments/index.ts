export { misfitOfCall, shown } from './misfit.ts';
export type { Misfit } from './misfit.ts';
export {
  aConfinement,
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
