import { parseArgs } from 'node:util';

import { isPloopError, type PloopError } from 'ploop';

import { playLive } from './live.ts';
import type { Print } from './print.ts';
import { playRecorded } from './recorded.ts';

const USAGE = 'usage: npm run demo [-- --record DIRECTORY]';

/** Runs the demo, with the real tool where it can be used. Gives the exit code. */
export async function main(argv: readonly string[], print: Print): Promise<number> {
  let record: string | undefined;
  try {
    const options = { record: { type: 'string' } } as const;
    ({ record } = parseArgs({ args: [...argv], options }).values);
  } catch (error) {
    print(`${String(error)}\n${USAGE}`);
    return 2;
  }
  try {
    const agreed = await playLive({ print, record });
    print('');
    print(
      agreed
        ? 'Every tree and every file name above was read without starting a process.'
        : 'The tool and our reads do not agree: please report this with the output above.',
    );
    return agreed ? 0 : 1;
  } catch (error) {
    if (!isPloopError(error)) throw error;
    print(`${problemOf(error)}; this is a recording, read without it.`);
    await playRecorded(print);
    // A machine without the tool is fine; one where it fails is not.
    return error.code === 'SPAWN' ? 0 : 1;
  }
}

function problemOf(error: PloopError): string {
  const { cause } = error;
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  if (error.code === 'SPAWN' && isMissing)
    return 'The ploop tool is not installed (apt-get install ploop)';
  return `The ploop tool cannot be used here: ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`;
}
