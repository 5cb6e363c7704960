import type { Bytes } from '@ploop/descriptor';
import type { StateMark } from '@ploop/image';

/** The parameters of the top delta. */
export interface ImageInfo {
  /** Virtual size of the disk, as the tool and its driver show it: whole clusters. */
  readonly size: Bytes;
  /**
   * Virtual size as the image states it. If it is larger than `size`, the disk ends within a cluster: QEMU and
   * `openSnapshot` read it to its end, the tool does not.
   */
  readonly statedSize: Bytes;
  readonly clusterSize: Bytes;
  /** Format version: 1 or 2, 0 for a raw image and for qcow2. */
  readonly version: 0 | 1 | 2;
  /** Whether the top delta was closed, and by what; absent for a raw image, which has no header. */
  readonly mark: StateMark | undefined;
  /** Where the descriptor says something else. The tool goes by the image. */
  readonly differences: readonly ImageDifference[];
}

/** One value, in bytes, about which the descriptor and the image do not agree. */
export interface ImageDifference {
  readonly field: 'size' | 'clusterSize';
  readonly descriptor: Bytes;
  readonly image: Bytes;
}
