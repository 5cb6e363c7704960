import { DescriptorError, imageList, resolveFile, type Guid } from '@ploop/descriptor';

import { nodeOf, type DiskState } from '../state/state.ts';

/** One delta of a chain. */
export interface DiskImage {
  readonly guid: Guid;
  /** Absolute path. */
  readonly file: string;
}

/**
 * The images that make up a snapshot, or the top, base first.
 *
 * @throws DescriptorError where the chain is damaged.
 */
export function imagesOf(state: DiskState, guid?: string): readonly DiskImage[] {
  const node = guid === undefined ? state.top : nodeOf(state, guid);
  const { images, diagnostics } = imageList(state.graph, node.guid);
  const [first, ...rest] = diagnostics;
  if (first !== undefined) throw new DescriptorError([first, ...rest]);
  return images.map((image) => ({
    guid: image.guid,
    file: resolveFile(state.directory, image.file),
  }));
}
