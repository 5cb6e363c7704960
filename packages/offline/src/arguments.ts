import {
  aBytes,
  aConfinement,
  aCount,
  aFlag,
  aFunction,
  aList,
  anObject,
  aPath,
  aReleaseName,
  aSignal,
  aString,
  either,
  isRecord,
  needed,
  oneOf,
  options,
  type Rule,
  type Rules,
} from '@ploop/descriptor/arguments';
import { aText, someSteps } from '@ploop/descriptor/internal';

/** Checked where it is used, with an outcome of its own. */
const checkedLater: Rule = { expected: 'what it is documented as', fits: () => true };
/** `parseDescriptor` returns what is wrong with its options. */
const PARSE: Rules = { maxBytes: checkedLater, release: checkedLater };
const CONFINE: Rules = { confine: aConfinement };
const SIGNAL: Rules = { signal: aSignal };
const SNAPSHOT: Rules = { ...CONFINE, release: oneOf(['1.12', '1.15', '7', '8', '9']) };

/** A file whose path is checked where it is opened. */
const aFile = needed(aString);
const aDisk = needed(aPath);

const aLoaded = anObject({ path: aPath, directory: aPath, identity: anObject({}) });
const anOpenSnapshot = anObject({ layers: aList, images: aList, extents: aFunction });
const aSteppedDisk = anObject({
  directory: aPath,
  descriptor: anObject({ images: aList }),
  graph: anObject({ nodes: aList }),
});
const aNewImage = anObject({
  header: aBytes,
  fileBytes: aCount,
});
const aNamedFile = anObject({ guid: aString, file: aPath, directory: aPath });
/** An empty object would stand for anywhere: `within` has to be there, if only as `undefined`. */
const within: Rule = {
  expected: 'an object with within, as confinementOf returns it',
  fits: (value) => isRecord(value) && Object.hasOwn(value, 'within'),
  members: { within: aPath },
};

const aPort: Rule = {
  expected: 'a whole number from 0 to 65535',
  fits: (value) => aCount.fits(value) && Number(value) <= 65_535,
};

const aHost: Rule = {
  expected: 'a text',
  fits: (value) => value === undefined || aText.fits(value),
};
const anAddress = either(anObject({ socket: aPath }), anObject({ port: aPort, host: aHost }));

const ofSnapshot: Rules = { path: aDisk, guid: aText, options: options(SNAPSHOT) };
const volumes: Rules = { path: aDisk, options: options({ ...PARSE, ...CONFINE }) };

/** The arguments of each function of `@ploop/offline`, by its name and in their order. */
export const OFFLINE = {
  backupSet: {
    path: aDisk,
    guid: needed(aText),
    options: options({ ...SNAPSHOT, ...SIGNAL, hash: aFlag, top: aFlag, damaged: aFlag }),
  },
  checkDisk: { path: aDisk, options: options({ ...CONFINE, ...SIGNAL, deep: aFlag }) },
  checkFiles: { loaded: needed(aLoaded), options: options({ ...CONFINE, ...SIGNAL }) },
  compactSpace: { path: aDisk, options: options({ ...CONFINE, ...SIGNAL }) },
  describeImageFile: { path: aFile },
  describeNamedImage: { named: needed(aNamedFile), confinement: needed(within) },
  descriptionAt: { path: aFile },
  loadDescriptorOrImage: { path: aDisk },
  diffSnapshots: {
    older: needed(anOpenSnapshot),
    newer: needed(anOpenSnapshot),
    options: options(SIGNAL),
  },
  diskSpace: {
    path: aDisk,
    options: options({ ...CONFINE, ...SIGNAL, release: aReleaseName }),
  },
  exportSnapshot: {
    snapshot: needed(anOpenSnapshot),
    target: needed(either(aPath, anObject({ write: aFunction, once: aFunction }))),
    options: options({
      ...SIGNAL,
      format: oneOf(['raw', 'qcow2', 'vmdk', 'vhdx']),
      subformat: oneOf(['monolithicSparse', 'streamOptimized']),
      compress: aFlag,
      sparse: aFlag,
      hash: aFlag,
      verify: aFlag,
      ciphertext: aFlag,
      overwrite: aFlag,
      sync: aFlag,
      threads: aFlag,
      salvage: aFlag,
      progress: aFunction,
    }),
  },
  exportTree: {
    path: aDisk,
    directory: needed(aPath),
    options: options({
      ...SNAPSHOT,
      ...SIGNAL,
      sparse: aFlag,
      hash: aFlag,
      verify: aFlag,
      ciphertext: aFlag,
      sync: aFlag,
      threads: aFlag,
      salvage: aFlag,
      progress: aFunction,
    }),
  },
  findLinksOutside: { directory: aDisk, image: needed(aPath), options: options(CONFINE) },
  findOutside: { path: aDisk, options: options(CONFINE) },
  copyFault: { image: aFile, copy: aFile },
  foreignFileAt: { file: aFile },
  headerFileAt: { file: aFile },
  recoverDisk: { directory: aDisk, options: options({ list: aList }) },
  loadVolumes: volumes,
  namedHeaderFileAt: { named: needed(aNamedFile), confinement: needed(within) },
  openFiles: {
    path: aDisk,
    options: options({
      ...SNAPSHOT,
      ...SIGNAL,
      snapshot: aText,
      partition: aCount,
      replay: aFlag,
    }),
  },
  openImageFile: { path: aFile },
  openImageTarget: { path: aFile },
  openSnapshot: { path: aDisk, guid: aText, options: options({ ...SNAPSHOT, ciphertext: aFlag }) },
  identifySnapshot: ofSnapshot,
  restoreBackup: {
    directory: needed(aPath),
    set: needed(checkedLater),
    options: options({ ...CONFINE, ...SIGNAL, overwrite: aFlag, damaged: aFlag }),
  },
  serveNbd: {
    snapshot: needed(anOpenSnapshot),
    options: needed(
      options({
        ...SIGNAL,
        address: needed(anAddress),
        others: aList,
        partition: aCount,
        overlay: either(oneOf(['memory']), anObject({ file: aPath })),
        overlayBytes: aCount,
        onFinding: aFunction,
      }),
    ),
  },
  snapshotFiles: ofSnapshot,
  snapshotLosses: { snapshot: needed(anOpenSnapshot), options: options(SIGNAL) },
  incremental: { previous: checkedLater, next: needed(checkedLater) },
  parseBackupSet: { json: needed(checkedLater) },
  stepFindings: {
    disk: needed(aSteppedDisk),
    steps: needed(someSteps),
    options: options({
      ...CONFINE,
      ...SIGNAL,
      live: aString,
      allowLinked: aFlag,
      allowRival: aFlag,
    }),
  },
  verifyBackup: {
    directory: needed(aPath),
    set: needed(checkedLater),
    options: options({ ...CONFINE, ...SIGNAL }),
  },
  writeNewImage: { path: aFile, image: needed(aNewImage) },
} as const satisfies Readonly<Record<string, Rules>>;
