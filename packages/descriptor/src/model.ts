import type { Guid } from './guid.ts';
import type { Sectors } from './units.ts';

/** `Type` of an image. `Compressed` means "expanding": nothing is compressed. */
export type ImageType = 'Plain' | 'Compressed';

/** How the images of a disk are laid out. In a `raw` disk the base is a bare disk image, its deltas are not. */
export type DiskMode = 'raw' | 'expanded' | 'preallocated';

/** One `Image` element: a delta file. */
export interface Image {
  /** Joins the image to its shot. */
  readonly guid: Guid;
  readonly type: ImageType;
  /** As written; {@link resolveFile} returns the path. */
  readonly file: string;
  /** It is an ancestor's (see `@ploop/descriptor/volume`): the file is an absolute path, and nothing of it is written. */
  readonly foreign?: true;
}

/** One `Shot` element: a node of the snapshot graph. */
export interface Shot {
  readonly guid: Guid;
  /** {@link NIL_GUID} for a base. */
  readonly parentGuid: Guid;
  /** Marked to be merged away by the tool as soon as nothing needs it. */
  readonly temporary: boolean;
  /**
   * How far an online merge of the top into the base had come when it was interrupted; only releases 8 and 9 write and
   * resume it, older ones take the shot for an ordinary one.
   */
  readonly reverseMerge?: ReverseMerge;
  /** It is an ancestor's (see `@ploop/descriptor/volume`): nothing of it is written. */
  readonly foreign?: true;
}

/** `zero`: the base is being cleared of what the top overrides. `zero-swap`: the two files have changed places. */
export type ReverseMerge = 'zero' | 'zero-swap';

/** The geometry that the descriptor states. Nothing reads it; releases before 7.0.95 can crash on rewriting one of zeros. */
export interface Geometry {
  readonly cylinders: number;
  readonly heads: number;
}

/** `Volume` (releases 7 and later): a disk whose chain goes on in another directory. */
export interface Volume {
  /** Directory of the parent volume, as written. */
  readonly parent?: string;
  /** The image of the volume that was frozen, as written. */
  readonly snapshotGuid?: string;
  readonly readOnly: boolean;
}

/** `Encryption` of Parallels Desktop: its engine encrypted the content. No release of the tool knows it. */
export interface DesktopEncryption {
  /** The engine, as written: a GUID that is not nil, in every descriptor known. */
  readonly engine: string;
  /** What the engine needs for the key, as written. */
  readonly data?: string;
  readonly salt?: string;
}

/** One `Storage` of a split disk: a range of the disk, with one image for each snapshot. */
export interface StoragePart {
  /** First sector of the disk that the part holds. Absent if the descriptor does not say it. */
  readonly start?: Sectors;
  /** First sector after the part. Absent if the descriptor does not say it. */
  readonly end?: Sectors;
  readonly blockSize: Sectors;
  readonly mode: DiskMode;
  readonly images: readonly Image[];
}

/** DiskDescriptor.xml as the tool sees it, its compatibility fix-ups applied. Lists are in file order. */
export interface DiskDescriptor {
  /** Name of the root element: `Parallels_disk_image`, `Virtuozzo_disk_image`, or whatever the file says. */
  readonly root: string;
  /** Virtual size as the descriptor states it. The tool itself answers from the image header instead. */
  readonly size: Sectors;
  /** Cluster size. */
  readonly blockSize: Sectors;
  readonly mode: DiskMode;
  readonly geometry: Geometry;
  /** Cap on the growth of the top delta; in bytes, as far as is known. Absent: none. */
  readonly maxDeltaSize?: number;
  /** Key identifier of the encryption layer (releases 7 and later). */
  readonly encryptionKeyId?: string;
  readonly desktopEncryption?: DesktopEncryption;
  readonly volume?: Volume;
  /** Every `Storage` of a split disk, the first included; other disks have none. The tool refuses split disks. */
  readonly storages?: readonly StoragePart[];
  /** The shot that is written to. Absent only in a descriptor that the tool refuses. */
  readonly topGuid?: Guid;
  readonly images: readonly Image[];
  readonly shots: readonly Shot[];
}
