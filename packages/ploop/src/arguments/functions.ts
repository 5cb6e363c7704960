import {
  aFlag,
  aFunction,
  aNumber,
  aPath,
  aReadable,
  aString,
  aWritable,
  needed,
  oneOf,
  options,
  type Rules,
} from '@ploop/descriptor/arguments';

import { CONFINED, KERNEL, OPEN, RUNNER, SIGNAL } from './rules.ts';

const LISTING = options({ ...KERNEL, namespaces: oneOf(['own', 'all']) });
const IMAGE_INFO = options({ ...CONFINED, ...KERNEL });
const TOOL = options({ ...SIGNAL, ...RUNNER });
const VOLUME: Rules = { ...OPEN, ...SIGNAL };
const NEW_DISK: Rules = {
  size: needed(aNumber),
  format: aString,
  clusterSize: aNumber,
  fileSystem: aString,
  label: aString,
  keyId: aString,
};
const COPY = options({
  ...VOLUME,
  source: needed(aPath),
  target: needed(aPath),
  image: aPath,
});

/** The arguments of each function of this package, by its name and in their order. */
export const FUNCTIONS = {
  cloneVolume: { options: needed(COPY) },
  createDisk: {
    options: needed(
      options({
        ...OPEN,
        ...SIGNAL,
        ...NEW_DISK,
        path: needed(aPath),
        version: aNumber,
        eager: aFlag,
      }),
    ),
  },
  createVolume: {
    options: needed(options({ ...VOLUME, ...NEW_DISK, directory: needed(aPath), image: aPath })),
  },
  deleteVolume: { directory: needed(aPath), options: options(VOLUME) },
  deviceOfMountPoint: { path: needed(aPath), options: LISTING },
  findDevice: { node: needed(aPath), options: LISTING },
  listDevices: { options: LISTING },
  maxDiskSize: { version: needed(oneOf([1, 2])), clusterSize: aNumber },
  openDisk: { path: needed(aPath), options: options(OPEN) },
  planCall: { work: needed(aFunction), options: options(RUNNER) },
  preflight: { options: options({ ...CONFINED, ...RUNNER, ...KERNEL, path: aPath }) },
  readImageInfo: { path: needed(aPath), options: IMAGE_INFO },
  receiveCopy: {
    options: needed(
      options({
        ...SIGNAL,
        ...RUNNER,
        file: needed(aPath),
        input: needed(aReadable),
        output: aWritable,
      }),
    ),
  },
  restoreDescriptor: {
    options: needed(
      options({
        ...SIGNAL,
        ...CONFINED,
        ...RUNNER,
        image: needed(aPath),
        directory: needed(aPath),
        raw: options({ clusterSize: aNumber }),
        alone: aFlag,
      }),
    ),
  },
  snapshotVolume: { options: needed(COPY) },
  switchVolume: {
    options: needed(options({ ...VOLUME, from: needed(aPath), to: needed(aPath) })),
  },
  umountDevice: { device: needed(aPath), options: TOOL },
  umountPath: { mountPoint: needed(aPath), options: TOOL },
  volumeTree: { directory: needed(aPath), options: options({ ...CONFINED, ...SIGNAL, ...RUNNER }) },
} as const satisfies Readonly<Record<string, Rules>>;
