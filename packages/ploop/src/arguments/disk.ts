import {
  aFlag,
  aNumber,
  anObject,
  aPath,
  aReleaseName,
  aReadable,
  aString,
  aWritable,
  either,
  isRecord,
  needed,
  oneOf,
  options,
  type Rule,
  type Rules,
} from '@ploop/descriptor/arguments';

import { aGuid, SIGNAL } from './rules.ts';

const GUARDED: Rules = { ...SIGNAL, allowLinked: aFlag, allowRival: aFlag };
const ASKED: Rules = { ...SIGNAL, ask: oneOf(['tool']) };
const NAMESPACES: Rules = { namespaces: oneOf(['own', 'all']) };

const anImageTarget = either(
  anObject({ guid: aString }),
  anObject({ file: aPath }),
  anObject({ level: aNumber }),
);
const aKey = either(oneOf(['none']), anObject({ id: aString }));
const aDestination: Rule = {
  ...options({ ...SIGNAL, file: aPath, output: aWritable, input: aReadable }),
  expected: 'an object with file or output',
  fits: (value) =>
    isRecord(value) && (value['file'] !== undefined || value['output'] !== undefined),
};

/** The arguments of each read of a disk, by its name and in their order. */
export const READS = {
  images: { guid: aGuid },
  isMounted: { options: options(ASKED) },
  mounts: { options: options({ ...ASKED, ...NAMESPACES }) },
  fsInfo: { options: options(ASKED) },
  discardStats: { options: options(SIGNAL) },
} as const satisfies Readonly<Record<string, Rules>>;

/** {@link READS} of what returns no promise. */
export const BLOCKING = {
  imagesSync: READS.images,
  mountsSync: { options: options(NAMESPACES) },
  watch: { options: options({ ...SIGNAL, intervalMs: aNumber }) },
} as const satisfies Readonly<Record<string, Rules>>;

/** The arguments of each mutation of a disk, by its name and in their order. Its plan takes the same. */
export const MUTATIONS = {
  mount: {
    options: options({
      ...GUARDED,
      target: aPath,
      readonly: aFlag,
      fsck: aFlag,
      guid: aGuid,
      data: aString,
      component: aString,
    }),
  },
  umount: { options: options({ ...SIGNAL, component: aString }) },
  resize: { size: needed(aNumber), options: options({ ...GUARDED, offline: aFlag }) },
  replace: {
    options: needed(
      options({
        ...GUARDED,
        target: needed(anImageTarget),
        file: needed(aPath),
        keepName: aFlag,
      }),
    ),
  },
  snapshot: { options: options({ ...GUARDED, guid: aGuid, trackingGuid: aGuid }) },
  switchSnapshot: {
    guid: needed(aGuid),
    options: options({
      ...GUARDED,
      keepOldTop: either(aFlag, anObject({ guid: aString })),
      reuseTarget: aFlag,
    }),
  },
  deleteSnapshot: { guid: needed(aGuid), options: options({ ...GUARDED, discardTop: aFlag }) },
  mergeSnapshot: { guid: aGuid, options: options(GUARDED) },
  convert: {
    target: needed(either(anObject({ format: aString }), anObject({ version: aNumber }))),
    options: options(GUARDED),
  },
  check: {
    options: options({
      ...GUARDED,
      guid: aGuid,
      force: aFlag,
      duplicates: aFlag,
      readonly: aFlag,
      dropInUse: aFlag,
    }),
  },
  encrypt: {
    options: needed(options({ ...GUARDED, key: needed(aKey), copyData: aFlag, wipe: aFlag })),
  },
  temporarySnapshot: {
    options: needed(
      options({ ...GUARDED, component: needed(aString), target: aPath, guid: aGuid }),
    ),
  },
  discard: {
    options: options({
      ...GUARDED,
      automount: aFlag,
      toFree: aNumber,
      smallest: aNumber,
      defragment: oneOf(['too', 'only']),
      threshold: aNumber,
    }),
  },
  grow: { size: needed(aNumber), options: options(GUARDED) },
  setMaxDeltaSize: {
    size: needed(either(aNumber, oneOf(['unlimited']))),
    options: options(SIGNAL),
  },
  dropCbt: { options: options(GUARDED) },
  dumpCbt: { options: needed(options({ ...SIGNAL, file: needed(aPath) })) },
  sendCopy: { options: needed(aDestination) },
} as const satisfies Readonly<Record<string, Rules>>;

/** The plans that can be made for a release: they have one more option than their mutations. */
const RELEASED = [
  'snapshot',
  'switchSnapshot',
  'deleteSnapshot',
  'mergeSnapshot',
  'replace',
] as const;

/** The arguments of each plan, by the name of its mutation and in their order. */
export const PLANS: Readonly<Record<keyof typeof MUTATIONS, Rules>> = {
  ...MUTATIONS,
  ...Object.fromEntries(RELEASED.map((name) => [name, withRelease(MUTATIONS[name])])),
};

function withRelease(rules: Rules & { readonly options: Rule }): Rules {
  const members = { ...rules.options.members, release: aReleaseName };
  return { ...rules, options: { ...rules.options, members } };
}

/** The arguments of the end of a temporary snapshot. */
export const END: Rules = { options: options(SIGNAL) };
