import {
  aBigInt,
  aConfinement,
  aDocument,
  aFlag,
  aFunction,
  anObject,
  aPath,
  aSignal,
  aString,
  isRecord,
  needed,
  options,
  type Rule,
  type Rules,
} from './rules.ts';

/** Checked where it is used, with an outcome of its own. */
const checkedLater: Rule = { expected: 'what it is documented as', fits: () => true };
/** `parseDescriptor` returns what is wrong with its options. */
const PARSE: Rules = { maxBytes: checkedLater, release: checkedLater };
const CONFINE: Rules = { confine: aConfinement };
const SIGNAL: Rules = { signal: aSignal };

/** A file whose path is checked where it is opened. */
const aFile = needed(aString);
const aDisk = needed(aPath);

const aDepth: Rule = {
  expected: 'a number from 0 on',
  fits: (value) => (Number.isFinite(value) ? Number(value) >= 0 : value === Infinity),
};

const aLoaded = anObject({ path: aPath, directory: aPath, identity: anObject({}) });
const aNamedFile = anObject({ guid: aString, file: aPath, directory: aPath });
/** An empty object would stand for anywhere: `within` has to be there, if only as `undefined`. */
const within: Rule = {
  expected: 'an object with within, as confinementOf returns it',
  fits: (value) => isRecord(value) && Object.hasOwn(value, 'within'),
  members: { within: aPath },
};

/** The arguments of each function of `@ploop/descriptor/node`, by its name and in their order. */
export const NODE = {
  confinementOf: { directory: needed(aPath), options: options({ confine: checkedLater }) },
  descriptorAt: { path: aDisk, options: options(PARSE) },
  deviceNumber: { packed: needed(aBigInt) },
  findDisks: {
    directory: aFile,
    options: options({
      ...CONFINE,
      ...SIGNAL,
      maxDepth: aDepth,
      followSymlinks: aFlag,
      oneFileSystem: aFlag,
      onError: aFunction,
    }),
  },
  leadsOutside: { path: aFile, confinement: needed(within) },
  locateDescriptor: { path: aDisk },
  openNamed: { named: needed(aNamedFile), confinement: needed(within) },
  openWithin: { path: aFile, confinement: needed(within) },
  placeNew: { from: needed(aPath), to: needed(aPath) },
  saveDescriptor: {
    loaded: needed(aLoaded),
    text: needed(aDocument),
    options: options({ ...PARSE, force: aFlag }),
  },
  syncPlace: { file: needed(aPath) },
} as const satisfies Readonly<Record<string, Rules>>;
