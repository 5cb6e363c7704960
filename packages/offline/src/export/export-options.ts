import type { Diagnostic } from '@ploop/descriptor';
import type { LostRange } from '@ploop/image';

import type { ExportProgress } from './copy.ts';
import type { ExportFormatName } from './formats/index.ts';

/** How to export. */
export interface ExportOptions {
  /**
   * What to write: `raw`, the bytes of the disk as they are, or an image file. Default: `raw`, but a file whose name ends
   * as one of another format or of a compressed file, such as `.qcow2` or `.gz`, is written only if this is given. An
   * image file goes to a file, a stream or a pipe, under no name of another format.
   */
  readonly format?: ExportFormatName;
  /**
   * Compress the data of a `qcow2` or `vmdk` image (deflate), leaving out zeros. Default: false. An export that ends early
   * begins anew then, and `progress` counts bytes of the disk. A qcow2 image goes to a file only.
   */
  readonly compress?: boolean;
  /** Subformat of `vmdk`: `streamOptimized` is compressed. Default: as `compress` says. */
  readonly subformat?: 'monolithicSparse' | 'streamOptimized';
  /** Leave holes in a file where no image holds data. Default: true. Devices and streams get zeros in any case. */
  readonly sparse?: boolean;
  /** Compute the SHA-256 of the disk on the way. Default: false; it takes longer, for zeros as well. */
  readonly hash?: boolean;
  /**
   * Read what was written back and compare it with the disk: data, and holes too, unless the file system stores nothing
   * but the data. A device is read as a whole. Default: false. Not for streams, pipes and character devices.
   */
  readonly verify?: boolean;
  /** Export encrypted content as what is stored: ciphertext. Default: what the snapshot was opened with. */
  readonly ciphertext?: boolean;
  /** Replace a file that is there. Default: false. */
  readonly overwrite?: boolean;
  /** Wait until a file is on the disk before it gets its name. Default: true. */
  readonly sync?: boolean;
  /**
   * Copy in threads besides the event loop, where no hash is computed and the target is neither a stream nor a pipe: it is
   * faster, and leaves the event loop and its few threads for files to others. Default: true; without, where none can be started.
   */
  readonly threads?: boolean;
  /**
   * Read on where the images are damaged: what is lost becomes zeros and is listed in the result, and for a file in
   * `TARGET.lost.json`. A disk that was cut off gets the size that its descriptor states. Default: false. No thread copies
   * then.
   */
  readonly salvage?: boolean;
  /** Called for each piece that is written. An exception that it throws stops the export, as `signal` does. */
  readonly progress?: (progress: ExportProgress) => void;
  readonly signal?: AbortSignal;
}

/** What was exported. */
export interface ExportResult {
  /** Bytes of the disk; with `salvage`, of a disk that was cut off as the descriptor states it. */
  readonly size: number;
  /** Bytes of data written now, zeros that no image holds not counted; the tables of an image file are. */
  readonly data: number;
  /** Byte of the disk, or of the image file, at which an unfinished export was taken up again; 0 if missing. */
  readonly resumedAt: number;
  /** Bytes of the image file, holes too. Absent for `raw`. */
  readonly fileBytes?: number;
  /** SHA-256 of the disk in hex, if `hash` asked for it. */
  readonly sha256?: string;
  /** Present if `verify` asked for it: what was written reads as it should. */
  readonly verified?: true;
  /** Present with `salvage`: what is lost and became zeros, in order; at most 10,000 ranges. */
  readonly lost?: readonly LostRange[];
  /** Present with `salvage`: bytes that are lost. */
  readonly lostBytes?: number;
  /** Where the ranges are listed; absent if nothing is lost and for targets other than files. */
  readonly lostFile?: string;
  /**
   * `IMAGE_TRUNCATED`, `BASE_TRUNCATED`, `BASE_SHORTER` or `STORAGE_IMAGE_SIZE`, as in `diagnostics` of the snapshot, if a
   * file is shorter than it should be, so that its end is missing or zeros, unless `lost` lists that; `EXPORT_RESTARTED` if an unfinished file was not
   * taken up, as it differs from the disk; `FILE_SYSTEM_TRUNCATED` if a file system ends beyond the end of the disk;
   * `BAT_LOST` if an image has data and a table of zeros, so that they are not in the export; with `salvage`, `EXPORT_LOST`
   * if anything is lost. Absent if it is empty; always present with `salvage`.
   */
  readonly diagnostics?: readonly Diagnostic[];
}
