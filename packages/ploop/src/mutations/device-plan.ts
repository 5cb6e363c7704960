import type { Source } from '../state/source.ts';
import { refusedPlan, type MutationPlan } from './plan.ts';

/** The device that would be worked on, and where its file system is mounted. */
export interface DevicePlan {
  /** Absent if the tool would mount the disk meanwhile. */
  readonly device?: string | undefined;
  readonly mountPoint?: string | undefined;
}

/** The plan of what a disk must be mounted for. */
export function notMounted({ descriptorPath }: Source): MutationPlan {
  return refusedPlan({
    code: 'DISK_NOT_MOUNTED',
    hint: `${descriptorPath} is not mounted`,
    diagnostics: [],
  });
}
