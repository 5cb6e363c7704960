/** Bytes of what is copied that lie together in one file, are zeros, or are given. */
export interface LanePart {
  /** Byte of the disk. */
  readonly position: number;
  readonly length: number;
  /** Number of the open file that has them; -1 for zeros and for `bytes`. */
  readonly fd: number;
  /** Byte of that file. */
  readonly offset: number;
  /** The bytes themselves, if no file has them. */
  readonly bytes?: Uint8Array;
}

/** What a lane is to copy, in the order of the disk. */
export type LaneTask = readonly LanePart[];

/** What a lane is given when it begins. */
export interface LaneTarget {
  /** Number of the open file that is written to. */
  readonly fd: number;
  /** Whether it takes bytes only one after the other, as a character device does: positions do not count then. */
  readonly inOrder: boolean;
}

/** What a lane answers to each task, in their order; `undefined` once when it is ready. */
export type LaneReply = undefined | { readonly done: true } | LaneFailure;

/** Why a lane could not do a task. */
export interface LaneFailure {
  readonly done: false;
  /** Number of the file that could not be read, or written. */
  readonly fd: number;
  readonly message: string;
  /** `EIO` and the like; absent where a file ended too early. */
  readonly code?: string;
}
