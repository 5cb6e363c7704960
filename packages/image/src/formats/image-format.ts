import type { Bytes, Diagnostic } from '@ploop/descriptor';
import type { ImageSource, Steps } from '@ploop/descriptor/internal';

import type { DescriptionResult, ImageDescription } from './description.ts';
import type { ImageSegment } from './image-segment.ts';
import type { Decoders } from './decoder.ts';
import type { ClusterUsage } from './usage.ts';

/** A format of image files: a folder, and a row in `index.ts`. */
export interface ImageFormat {
  readonly name: ImageDescription['format'];
  /** Whether a file that begins with these bytes, 4096 if it has as many, is of the format. */
  readonly probe: (start: Uint8Array) => boolean;
  /**
   * Describes a file that begins with `start`: its header, or everything that is described of an image.
   *
   * @throws DescriptorError with code `FILE_UNREADABLE`.
   */
  readonly describe: (
    source: ImageSource,
    start: Uint8Array,
    depth: 'header' | 'all',
  ) => Steps<DescribedImage>;
}

/** What a file is, and what can be done with it. */
export interface DescribedImage extends DescriptionResult {
  /**
   * Opens it to be mapped.
   *
   * @throws DescriptorError with code `FILE_UNREADABLE`, or with what makes its data unreadable.
   */
  readonly open: (options?: OpenImageOptions) => Steps<OpenImage>;
  /**
   * Everything that is wrong with it, besides what its description says.
   *
   * @throws DescriptorError with code `FILE_UNREADABLE`; the reason of `signal`.
   */
  readonly check: (options: CheckFormatOptions) => Promise<CheckedImage>;
}

/** How to check an image. */
export interface CheckFormatOptions {
  /** Whether to read its tables, all of them. */
  readonly deep: boolean;
  /** What the file system stores of the file. */
  readonly stored: Bytes | undefined;
  readonly signal: AbortSignal | undefined;
}

/** What a check of one image has found. */
export interface CheckedImage extends DescriptionResult {
  readonly usage?: ClusterUsage;
}

/** A further file that an image names. */
export interface FileName {
  /** As the image has it: a path, relative to the directory of the image unless it is absolute. */
  readonly name: string;
  /** The name of its format, if the image states it. */
  readonly format?: string;
}

/** How to open an image. */
export interface OpenImageOptions {
  /** Opens a further file that the image names, such as an external data file. Absent: such images are refused. */
  readonly openFile?: OpenFile;
  /** The ID of the internal snapshot to read. Default: the current state. */
  readonly snapshot?: string;
  /** How compressed clusters are decompressed. Default: in JavaScript. */
  readonly decoders?: Partial<Decoders>;
}

/** Opens a file that the image `of` names, within what the caller allows. */
export type OpenFile = (name: string, of: ImageSource) => Steps<ImageSource>;

/** An image, ready to be mapped. */
export interface OpenImage {
  /** Virtual size; the exact size of the file if it is a bare disk. */
  readonly size: Bytes;
  /** Absent for a bare disk, which has no clusters. */
  readonly clusterSize?: Bytes;
  /** Whether all images of its chain must have the same cluster size. */
  readonly sameClusters: boolean;
  /** Whether all that it has is in its file, as it is: not encoded, and in no further file. */
  readonly inFile: boolean;
  /** The file that shows through where the image has nothing allocated. */
  readonly backing?: FileName;
  /** The beginning of the file, which holds tables alone; the rest of it is data. 0: tables can be anywhere. */
  readonly tableBytes: number;
  /**
   * Where `count` bytes of the disk from byte `first` on are: segments in order, without gaps.
   *
   * @throws DescriptorError with code `FILE_UNREADABLE`.
   */
  readonly map: (first: number, count: number) => Steps<readonly ImageSegment[]>;
  /** The first byte from `first` on that may be allocated; `end` if none before it is. Reads tables alone. */
  readonly nextAllocated: (first: number, end: number) => Promise<number>;
  /**
   * The same image, its data read through `source`. Places in the file that several clusters share are damaged in it.
   *
   * @throws DescriptorError with code `FILE_UNREADABLE`; the reason of `signal`.
   */
  readonly guarded: (source: ImageSource, signal: AbortSignal | undefined) => Promise<OpenImage>;
  /** Findings about data in the file that no table leads to any more. Absent: the format does not look for them. */
  readonly lostData?: (signal: AbortSignal) => Promise<readonly Diagnostic[]>;
}
