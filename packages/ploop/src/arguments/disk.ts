import { aNumber, oneOf, options, type Rules } from '@ploop/descriptor/arguments';

import { aGuid, SIGNAL } from './rules.ts';

const ASKED: Rules = { ...SIGNAL, ask: oneOf(['tool']) };
const NAMESPACES: Rules = { namespaces: oneOf(['own', 'all']) };

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
