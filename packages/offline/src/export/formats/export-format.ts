import type { ImageSource } from '@ploop/descriptor/internal';
import type { Chain, ChainContent } from '@ploop/image';
import type { ImageWriter } from '@ploop/image/internal';

/** A format that a snapshot can be exported in: a row in `index.ts`. Where the bytes go is not its business. */
export interface ExportFormat {
  readonly name: string;
  /** Endings of names, in lower case, that promise the format. */
  readonly endings: readonly string[];
  /** Makes the tables of an image file. Absent: the bytes of the disk are written as they are. */
  readonly writer?: ImageWriter;
  /** Writes an image file whose data are compressed. Absent: the format has none. */
  readonly compressor?: Compressor;
}

/** A format whose name the compiler knows. */
export type NamedFormat<Name extends string> = ExportFormat & { readonly name: Name };

/** Writes an image file of which nothing is known before the data have been read. */
export interface Compressor {
  /** `id`: 16 bytes that identify the image. */
  readonly compress: (
    disk: ChainContent,
    id: Uint8Array,
    target: CompressTarget,
  ) => Promise<CompressedFile>;
  /** Whether it is written from its first byte to its last, so that it can go to a pipe. */
  readonly inOrder: boolean;
  /** Opens what was written, to compare it with the disk. Absent where it is written in order: that is compared then. */
  readonly open?: (file: ImageSource) => Promise<Pick<Chain, 'readInto'>>;
}

/** Where a compressed image goes. */
interface CompressTarget {
  readonly write: (bytes: Uint8Array, position: number) => Promise<void>;
  /** Hears that everything before byte `position` of the disk is written. */
  readonly reached: (position: number) => void;
  readonly signal: AbortSignal;
}

/** A compressed image that was written. */
export interface CompressedFile {
  /** Bytes of the file. */
  readonly fileBytes: number;
  /** Bytes of the disk that are stored in it. */
  readonly data: number;
}
