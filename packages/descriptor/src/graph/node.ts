import { NIL_GUID } from '../guid.ts';
import type { DiskDescriptor, Image, Shot } from '../model.ts';

/** A shot with the image that holds its data; `undefined` where the descriptor has no such image. */
export interface SnapshotNode extends Shot {
  readonly image: Image | undefined;
}

/** Whether a shot says that it has no parent. */
export function isBase(shot: Shot): boolean {
  return shot.parentGuid === NIL_GUID;
}

/**
 * Whether the image of a shot is a bare disk. The descriptor decides, as in every release of the tool, and each way the
 * one whom it could cheat has no say:
 *
 * - In a raw disk (an image of it has the type `Plain`) the base is a bare disk, whatever it begins with. Those bytes
 *   are the guest's, and with a header of an image there it would choose what its host reads.
 * - Everywhere else a file must have the header of an image. One without is damaged and never a bare disk: its table and
 *   its clusters in the order in which they were written would be taken for the content of the disk.
 *
 * That is all for which a `Type` counts: deltas of a raw disk are called `Plain` as well, and are images.
 */
export function isRawBase({ mode }: Pick<DiskDescriptor, 'mode'>, shot: Shot): boolean {
  return mode === 'raw' && isBase(shot);
}
