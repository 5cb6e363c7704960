import { parseArgs } from 'node:util';

import { isPloopError } from 'ploop';

import { playLive } from './live.ts';
import type { Print } from './print.ts';
import { playRecorded } from './recorded.ts';

/** Runs the demo, with the real tool where there is one. Gives the exit code. */
export async function main(argv: readonly string[], print: Print): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: { record: { type: 'string' } },
  });
  try {
    const agreed = await playLive({ print, record: values.record });
    print('');
    print(
      agreed
        ? 'Every tree and every file name above was read without starting a process.'
        : 'The tool and our reads do not agree: please report this with the output above.',
    );
    return agreed ? 0 : 1;
  } catch (error) {
    if (!isPloopError(error) || error.code !== 'SPAWN') throw error;
    print(
      'The ploop tool is not installed (apt-get install ploop); this is a recording, read without it.',
    );
    await playRecorded(print);
    return 0;
  }
}
