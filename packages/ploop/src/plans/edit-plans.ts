import type { DiskDescriptor } from '@ploop/descriptor';

import { limitedDescriptor } from '../mutations/set-max-delta-size.ts';
import type { Mutations } from '../mutations/table.ts';
import { refuseOutside } from '../refusals/refuse-outside.ts';
import { refuseWritten } from '../refusals/refuse-written.ts';
import type { Source } from '../state/source.ts';
import { refusalIn, type RefusedCall } from './dry-run.ts';

/** What a mutation would come to that writes the descriptor without the tool. */
export type DescriptorPlan =
  | {
      readonly outcome: 'written';
      /** What it would say then. */
      readonly descriptor: DiskDescriptor;
    }
  | RefusedCall;

/** What mutations would do that the tool has no command for. */
export interface EditPlans {
  readonly setMaxDeltaSize: (
    ...given: Parameters<Mutations['setMaxDeltaSize']>
  ) => Promise<DescriptorPlan>;
}

/** The plans of edits for the disk that a source is of. */
export function editPlansOf(source: Source): EditPlans {
  return {
    setMaxDeltaSize: async (size) => {
      try {
        await refuseOutside(source);
        await refuseWritten(source);
        return { outcome: 'written', descriptor: await limitedDescriptor(source, size) };
      } catch (error) {
        return refusalIn(error);
      }
    },
  };
}
