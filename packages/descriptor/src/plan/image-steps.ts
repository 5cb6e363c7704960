import type { ImageStep } from './image-step.ts';
import type { Plan } from './plan.ts';

/**
 * What plans do to images that are there, each thing once. For plans of several releases, if it is not known which of
 * them will run.
 */
export function imageSteps(plans: readonly Plan[]): readonly ImageStep[] {
  const steps = new Map<string, ImageStep>();
  for (const { actions } of plans)
    for (const action of actions) {
      if (action.action === 'merge') {
        const { file, into } = action;
        steps.set(`merge ${file}\0${into}`, { step: 'merge', file, into });
      }
      if (action.action === 'remove')
        steps.set(`remove ${action.file}`, { step: 'remove', file: action.file });
    }
  return [...steps.values()];
}
