import {
  aBytes,
  aCount,
  aFlag,
  aFunction,
  aSignal,
  aString,
  either,
  needed,
  options,
  type Rules,
} from '@ploop/descriptor/arguments';

const path = needed(either(aString, aBytes));
const range: Rules = { readAt: needed(aFunction), start: needed(aCount), length: needed(aCount) };
const disk: Rules = { readAt: needed(aFunction), size: needed(aCount) };
const follow = options({ follow: aFlag });

/** The arguments of each exported function, by its name and in their order. */
export const CONTENTS = {
  bytesOfName: { name: needed(aString) },
  escapedName: { name: needed(aString) },
  nameOfBytes: { bytes: needed(aBytes) },
  openFileSystem: {
    readAt: needed(aFunction),
    options: needed(options({ size: needed(aCount), signal: aSignal, replay: aFlag })),
  },
  identify: disk,
  describeFileSystem: range,
  readPartitions: disk,
  unescapedName: { text: needed(aString) },
} as const satisfies Readonly<Record<string, Rules>>;

/** The arguments of the methods of a file system. */
export const FILE_SYSTEM = {
  list: { path },
  open: { path },
  readLink: { path },
  stat: { path, options: follow },
  walk: { path },
  xattrs: { path, options: follow },
} as const satisfies Readonly<Record<string, Rules>>;

/** The arguments of the methods of an open file. */
export const OPEN_FILE = {
  read: { position: needed(aCount), length: needed(aCount) },
} as const satisfies Readonly<Record<string, Rules>>;
