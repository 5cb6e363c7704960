import { createRunner, type RunnerOptions } from '@ploop/runner';
import { hasTool } from '@ploop/test-kit';

/** For runners: the release of the tool of this machine, which each would have to ask for with four runs. */
export const ASKED: Pick<RunnerOptions, 'release'> = await ask();

async function ask(): Promise<typeof ASKED> {
  const release = hasTool ? await createRunner().release() : undefined;
  return release === undefined ? {} : { release };
}
