import type { ReleaseName } from '@ploop/descriptor';
import type { PlanOptions } from '@ploop/descriptor/plan';
import { memberOf } from '@ploop/descriptor/releases';
import { commandLine, releaseNeeds, type Release, type Runner } from '@ploop/runner';

import { stopping } from './dry-run.ts';

/**
 * A runner that stops where the descriptor would be changed, and checks what the tool would be given. It asks for the
 * release only where that makes a difference.
 */
export function withoutTool(runner: Runner, release: PlanOptions['release']): Runner {
  const planning =
    release === undefined
      ? runner
      : { ...runner, release: () => Promise.resolve(exactly(release)) };
  return stopping(planning, async (command, input) => {
    const makesDifference = releaseNeeds(command, input).length > 0;
    commandLine(command, input, {
      release: makesDifference ? await planning.release() : undefined,
    });
  });
}

function exactly(release: ReleaseName): Release {
  const version = memberOf(release);
  return { from: version, to: version };
}
