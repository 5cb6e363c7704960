import type { Device } from '../../device/line-cache.ts';
import type { Report } from '../../findings/findings.ts';
import type { Superblock } from './layout/superblock.ts';

/** What every reader of an XFS file system needs. */
export interface Base {
  readonly device: Device;
  readonly superblock: Superblock;
  readonly report: Report;
}
