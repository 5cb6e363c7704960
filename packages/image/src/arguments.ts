import {
  misfitOfCall,
  aBytes,
  aCount,
  aFlag,
  aFunction,
  aList,
  aNumber,
  anObject,
  aPath,
  aSignal,
  aString,
  needed,
  oneOf,
  options,
  type Rule,
  type Rules,
} from '@ploop/descriptor/arguments';
import { anAbsolutePath, aPositive, aStep } from '@ploop/descriptor/internal';

const SOURCE: Rules = {
  file: needed(aString),
  bytes: needed(aCount),
  readAt: needed(aFunction),
  readAtSync: aFunction,
  fd: aCount,
  keepOpen: aFunction,
};
const aSource = needed({ ...options(SOURCE), expected: 'an image source' });
const aTarget = needed({
  ...options({ ...SOURCE, writeAt: needed(aFunction), sync: needed(aFunction) }),
  expected: 'an image target',
});

const isSource = (value: unknown): boolean =>
  misfitOfCall({ source: aSource }, [value]) === undefined;
const someSources: Rule = {
  expected: 'a list of image sources, one at least',
  fits: (value) => Array.isArray(value) && value.length > 0 && value.every(isSource),
};

/** What is in it is the library's own. */
const aChain = needed({
  ...anObject({ size: aCount, layers: aList, segments: aFunction }),
  expected: 'a chain of images',
});
const aLayout = needed(
  anObject({
    version: oneOf([1, 2]),
    clusterBytes: aPositive,
    size: aCount,
    clusters: aCount,
    entryBytes: aPositive,
    dataStart: aCount,
    fileBytes: aCount,
  }),
);
const aStatedDisk = anObject({
  mode: oneOf(['raw', 'expanded', 'preallocated']),
  blockSize: aCount,
  size: aCount,
});

const SIGNAL: Rules = { signal: aSignal };
const RANGE: Rules = { ...SIGNAL, start: aCount, end: aCount };
const ranged: Rules = { chain: aChain, options: options(RANGE) };
const CHECK: Rules = { ...SIGNAL, deep: aFlag, stored: aCount };

/** The arguments of each function of `@ploop/image`, by its name and in their order. */
export const IMAGE = {
  batPieces: { source: aSource, layout: aLayout },
  checkChain: {
    sources: needed(someSources),
    options: options({ ...CHECK, stated: aStatedDisk }),
  },
  checkImage: { source: aSource, options: options({ ...CHECK, rawBase: aFlag }) },
  createDelta: {
    below: needed(anObject({ format: aString })),
    file: needed(aString),
    options: options({ version: oneOf([1, 2]), blockSize: aNumber }),
  },
  createImage: {
    options: needed(
      options({ version: needed(oneOf([1, 2])), size: needed(aNumber), blockSize: aNumber }),
    ),
  },
  dataPieces: {
    chain: aChain,
    options: options({ ...RANGE, pieceBytes: aPositive, pieces: aPositive }),
  },
  describeImage: { source: aSource },
  diffChains: {
    older: aChain,
    newer: aChain,
    options: options({ ...SIGNAL, isSame: aFunction }),
  },
  entryFault: {
    file: needed(aString),
    layout: aLayout,
    cluster: needed(aCount),
    entry: needed(aCount),
  },
  extents: ranged,
  hashChain: {
    chain: aChain,
    hash: needed(anObject({ update: aFunction })),
    options: options(RANGE),
  },
  mergeDelta: {
    lower: aTarget,
    upper: aSource,
    options: options({ ...SIGNAL, rawBase: aFlag, resume: aFlag, progress: aFunction }),
  },
  openChain: {
    sources: needed(someSources),
    options: options({ rawBase: aFlag, openFile: aFunction, snapshot: aString }),
  },
  qemuChain: {
    chain: needed(anObject({ parts: aList, diagnostics: aList })),
    options: options({ output: aPath, socket: anAbsolutePath }),
  },
  readBat: { source: aSource, first: needed(aCount), count: needed(aCount) },
  stepFaults: { step: needed(aStep), checkOf: needed(aFunction) },
} as const satisfies Readonly<Record<string, Rules>>;

/** The arguments of the methods of a chain. */
export const CHAIN = {
  read: { position: needed(aCount), length: needed(aCount) },
  readInto: { target: needed(aBytes), position: needed(aCount) },
  segments: { range: options({ start: aCount, end: aCount }) },
} as const satisfies Readonly<Record<string, Rules>>;
