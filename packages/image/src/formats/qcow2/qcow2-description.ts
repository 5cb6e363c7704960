import { type Bytes } from '@ploop/descriptor';

/** A qcow2 image: a disk of releases 8 and 9 without a descriptor, or of QEMU. */
export interface Qcow2Description {
  readonly format: 'qcow2';
  readonly version: number;
  /** Virtual size in bytes, all 64 bits. */
  readonly size: bigint;
  /** log2 of the cluster size in bytes. */
  readonly clusterBits: number;
  /** Whether it needs another image below it. */
  readonly hasBackingFile: boolean;
  /** Snapshots inside the image. */
  readonly snapshots: number;
  /** Version 3: it was not closed cleanly, or is in use. */
  readonly dirty: boolean;
  /** Version 3: software that wrote to it has found it damaged. */
  readonly corrupt: boolean;
  /** Size of the file. */
  readonly fileBytes: Bytes;
  /** What else the header says. Absent if it is damaged: {@link checkImage} reports how. */
  readonly details?: Qcow2Details;
}

/** What the header of a qcow2 image says of its structure, and what its tables list. */
export interface Qcow2Details {
  readonly clusterBytes: Bytes;
  /** Bits of a reference count. */
  readonly refcountBits: number;
  /** Whether clusters have 32 parts that are allocated one by one. */
  readonly extendedL2: boolean;
  /** Whether reference counts may be behind: then the image is `dirty`. */
  readonly lazyRefcounts: boolean;
  readonly compression: 'zlib' | 'zstd' | 'unknown';
  /** Absent: the content is not encrypted. */
  readonly encryption?: 'AES' | 'LUKS' | 'unknown';
  /** The file that shows through where nothing is allocated. */
  readonly backing?: { readonly name: string; readonly format?: string };
  /** The file that holds the data, if the image does not. `raw`: it is a bare disk of the same content. */
  readonly dataFile?: { readonly name?: string; readonly raw: boolean };
  /** Features that must be known to read the image and are not: their names, or numbers of bits. */
  readonly unknownFeatures: readonly string[];
  /** In the order of the image. Absent if their table is damaged, or was not read. */
  readonly internalSnapshots?: readonly InternalSnapshot[];
  /** In the order of the image. Absent if their directory is damaged, or was not read. */
  readonly bitmaps?: readonly Qcow2Bitmap[];
}

/** A snapshot inside a qcow2 image. */
export interface InternalSnapshot {
  readonly id: string;
  readonly name: string;
  /** When it was taken, in milliseconds since 1970. */
  readonly takenAt: number;
  /** Virtual size in bytes at that time. */
  readonly size: bigint;
  /** Bytes of the saved state of the machine; 0 if none was saved. */
  readonly stateBytes: bigint;
}

/** A bitmap of changes inside a qcow2 image. */
export interface Qcow2Bitmap {
  readonly name: string;
  /** Bytes of the disk that one bit stands for. */
  readonly granularity: number;
  /** Whether it was not closed cleanly: what it says cannot be relied on. */
  readonly inUse: boolean;
  /** Whether changes are recorded in it. */
  readonly enabled: boolean;
}
