import { DescriptorError, diagnostic, resolveFile } from '@ploop/descriptor';

import type { DiskState } from '../state/state.ts';

/**
 * The absolute path of the file that is written to.
 *
 * @throws DescriptorError where the top has no image.
 */
export function topDeltaOf({ directory, top }: DiskState): string {
  if (top.image === undefined)
    throw new DescriptorError([diagnostic('SHOT_WITHOUT_IMAGE', { guid: top.guid })]);
  return resolveFile(directory, top.image.file);
}
