import type { PlanOptions } from '@ploop/descriptor/plan';
import { commandLine, type Release, type Runner } from '@ploop/runner';

import { stopping } from './dry-run.ts';

type PlanRelease = NonNullable<PlanOptions['release']>;

/** One release of each family. */
const members: Readonly<Record<PlanRelease, Release>> = {
  '1.12': { from: '1.12', to: '1.12' },
  '1.15': { from: '1.15', to: '1.15' },
  '7': { from: '7.0.280', to: '7.0.280' },
  '9': { from: '9.0.30', to: '9.0.30' },
};

/**
 * A runner that stops where the descriptor would be changed, and checks what the tool would be given. It asks for the
 * release only where that makes a difference.
 */
export function withoutTool(runner: Runner, release: PlanRelease | undefined): Runner {
  const planning =
    release === undefined
      ? runner
      : { ...runner, release: () => Promise.resolve(members[release]) };
  return stopping(planning, async (command, input) => {
    const state = { looksAtRelease: false };
    commandLine(command, input, {
      get release() {
        state.looksAtRelease = true;
        return undefined;
      },
    });
    if (state.looksAtRelease) commandLine(command, input, { release: await planning.release() });
  });
}
