import { NIL_GUID } from '../guid.ts';
import type { Image, Shot } from '../model.ts';

/** A shot with the image that holds its data; `undefined` where the descriptor has no such image. */
export interface SnapshotNode extends Shot {
  readonly image: Image | undefined;
}

/** Whether a shot says that it has no parent. */
export function isBase(shot: Shot): boolean {
  return shot.parentGuid === NIL_GUID;
}
