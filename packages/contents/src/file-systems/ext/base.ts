import type { Device } from '../../device/line-cache.ts';
import type { Report } from '../../findings/findings.ts';
import type { FastChanges } from './journal/fast-changes.ts';
import type { Superblock } from './layout/superblock.ts';

/** What every reader of an ext file system needs. */
export interface Base {
  readonly device: Device;
  readonly superblock: Superblock;
  /** Where checksums begin; `undefined` if it does not exist. */
  readonly seed: number | undefined;
  readonly report: Report;
  /** What fast commits of the journal change; `undefined` if it has no fast commits. */
  readonly fast?: FastChanges | undefined;
}
