import type { BigIntStats } from 'node:fs';

import { diagnostic } from '../diagnostics/diagnostic.ts';
import { DescriptorError } from '../errors.ts';
import { isGone } from './failure.ts';
import { linkStatus } from './files.ts';
import { identityOf, sameIdentity } from './identity.ts';
import type { DescriptorFile } from './load-descriptor.ts';
import type { Steps } from '../steps.ts';

/**
 * What the file system says of a descriptor that is still what was loaded.
 *
 * @throws DescriptorError `DESCRIPTOR_CHANGED` where it is not.
 */
export function* unchanged({ path, identity }: DescriptorFile): Steps<BigIntStats> {
  let stats: BigIntStats;
  try {
    stats = yield* linkStatus(path);
  } catch (cause) {
    if (isGone(cause)) throw changed(path, cause);
    throw cause;
  }
  if (!sameIdentity(identity, identityOf(stats))) throw changed(path);
  return stats;
}

function changed(file: string, cause?: unknown): DescriptorError {
  return new DescriptorError([diagnostic('DESCRIPTOR_CHANGED', { file })], { cause });
}
