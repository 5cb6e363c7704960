import { requirePlannable } from './arguments.ts';
import type { DiskDescriptor } from '../model.ts';
import { planWith, type Draft } from './draft.ts';
import type { Plan, PlanOptions } from './plan.ts';

/**
 * What becomes of the descriptor if a command writes it anew and leaves its snapshots alone: `convert`, `grow` and `resize`
 * have no plan of their own. Temporary snapshots stay, too.
 */
export function planRewrite(descriptor: DiskDescriptor, options: PlanOptions = {}): Plan {
  requirePlannable('rewrite', descriptor, {}, options);
  const tolerated = ['TOP_WITH_CHILDREN'] as const;
  const draftOf = (): Draft => ({
    descriptor: { ...descriptor },
    actions: [],
    outcome: 'nothing',
  });
  return planWith(descriptor, options, { operation: 'snapshot', draftOf, tolerated });
}
