import type { Bytes, Diagnostic, Sectors } from '@ploop/descriptor';
import type { StateMark } from '@ploop/descriptor/internal';

import type { FormatExtension } from './extension/extension-elements.ts';
import type { ImageLayout } from './layout.ts';

/** Flags of an image. None of them can be relied on: QEMU and old releases leave them as they were. */
export interface ImageFlags {
  readonly value: number;
  /** Bit 0: nothing has been written yet. */
  readonly empty: boolean;
  /** Bit 1: a change of the format version is under way or was interrupted. */
  readonly changingVersion: boolean;
  /** Bits that no known release sets; 0 if missing. */
  readonly unknown: number;
}

/** A ploop image, all fields of its header as they are. */
export interface PloopDescription {
  readonly format: 'ploop';
  readonly version: 1 | 2;
  /** 2 in every image that the tool opens. */
  readonly type: number;
  readonly heads: number;
  readonly cylinders: number;
  /** Cluster size as stated, be it one that no release of the tool accepts. */
  readonly blockSize: Sectors;
  /** Entries of the BAT as stated. The tool does not look at it: its count comes from the size. */
  readonly statedClusters: number;
  /** Sectors as stated, all 64 bits. In version 1 the upper half has no meaning and should be 0. */
  readonly statedSize: bigint;
  /**
   * Virtual size, the last cluster whole or not. The tool and its driver show whole clusters only. Absent if the stated
   * size cannot be a size.
   */
  readonly size?: Sectors;
  readonly mark: StateMark;
  /** Where the data begin, as stated. */
  readonly firstBlock: Sectors;
  readonly flags: ImageFlags;
  /** Where the format extension is, in sectors; 0 if missing. */
  readonly extensionOffset: bigint;
  readonly extension?: FormatExtension;
  /** Size of the file. */
  readonly fileBytes: Bytes;
  /** Absent where the data cannot be read: the findings say why. */
  readonly layout?: ImageLayout;
}

/** A ploop image, and what is wrong with its header. */
export interface DescribedPloop {
  readonly description: PloopDescription;
  readonly diagnostics: readonly Diagnostic[];
}
