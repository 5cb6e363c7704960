import type { Sectors } from '@ploop/descriptor';

/**
 * What a format extension is worth. `stale`: the program that closed the image did not know it; every release ignores it then.
 * `in-use`: the image was not closed, and releases 7 and later refuse to load it. `damaged`: a finding says why.
 */
export type ExtensionState = 'valid' | 'stale' | 'in-use' | 'damaged';

/** The format extension of an image (releases 7 and later, QEMU): one cluster of elements. */
export interface FormatExtension {
  /** Byte in the file. */
  readonly offset: number;
  readonly state: ExtensionState;
  readonly elements: readonly ExtensionElement[];
}

/** One element of a format extension. */
export type ExtensionElement = DirtyBitmap | UnknownElement;

/** An element of a kind that is not known. */
export interface UnknownElement {
  readonly kind: 'unknown';
  readonly magic: bigint;
  /** Whether software that does not know it must not open the image. */
  readonly necessary: boolean;
  /** Whether software that does not know it must keep it. */
  readonly transit: boolean;
  /** Bytes of its data. */
  readonly bytes: number;
}

/** What every element has; `at` is the byte in the file where its data begin. */
export interface ElementHead {
  readonly magic: bigint;
  readonly necessary: boolean;
  readonly transit: boolean;
  readonly bytes: number;
  readonly at: number;
}

/** A map of what has changed since some backup, one bit for `granularity` sectors. */
export interface DirtyBitmap {
  readonly kind: 'dirty-bitmap';
  /** As a GUID is written, without braces. */
  readonly id: string;
  /** Sectors it is about, as stated. */
  readonly size: bigint;
  /** Sectors for each bit. */
  readonly granularity: Sectors;
  /** Clusters of bits: how many there are, and how many of them are all clean or all dirty and therefore not stored. */
  readonly tables: { readonly count: number; readonly clean: number; readonly dirty: number };
  readonly necessary: boolean;
  readonly transit: boolean;
  /** Why it must not be used, in words; the tool refuses to load it then. Absent where nothing is wrong. */
  readonly fault?: string;
}
