import type { ErrorNumber } from './numbers.ts';

/** Bytes of a disk that are alike. */
export interface StatusRun {
  readonly length: number;
  /** Whether they read as zeros, without a place in any file. */
  readonly isZero: boolean;
}

/** A range of a disk: the first byte, and the first byte after it. */
export interface DiskRange {
  readonly start: number;
  readonly end: number;
}

/** Changes of a disk, which go somewhere else than into its images. */
export interface ServedWrites {
  readonly write: (bytes: Uint8Array, position: number) => Promise<void>;
  /** Makes a range read as zeros. */
  readonly zero: (range: DiskRange) => Promise<void>;
  /** Resolves when everything that was written before is on stable storage. */
  readonly flush: () => Promise<void>;
}

/** A disk as the protocol sees it. Failures are thrown, and become errors of requests. */
export interface ServedDisk {
  /** The name of the export, which is never empty. */
  readonly name: string;
  /** For people. */
  readonly description: string;
  /** Bytes. */
  readonly size: number;
  /** Fills `target` from byte `position` on. The range is within the disk. */
  readonly readInto: (target: Uint8Array, position: number) => Promise<void>;
  /** What a range holds, from its start on: at least one run, and not always up to its end. */
  readonly status: (range: DiskRange) => Promise<readonly StatusRun[]>;
  /** Absent: the disk is read-only. */
  readonly writes?: ServedWrites;
}

/** A disk in use by one connection. */
export interface Lease {
  readonly disk: ServedDisk;
  readonly release: () => void;
}

/** A request or an option that fails for a reason that a client can know. */
export class NbdError extends Error {
  override readonly name = 'NbdError';

  readonly number: ErrorNumber;

  /**
   * @param number - The error of the protocol.
   * @param message - For people.
   */
  constructor(number: ErrorNumber, message: string, options?: ErrorOptions) {
    super(message, options);
    this.number = number;
  }
}

/** The exports of a server. */
export interface ServedExports {
  /** What clients are shown. An empty name is the default export. */
  readonly list: readonly { readonly name: string; readonly description: string }[];
  /**
   * Opens an export.
   *
   * @returns `undefined` if there is no such export.
   * @throws what opening it throws.
   */
  readonly open: (name: string) => Promise<Lease | undefined>;
}
