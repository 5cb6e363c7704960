import { join } from 'node:path';

import { openDisk } from 'ploop';

import { printState, type Print } from './print.ts';
import { story } from './story.ts';

/** The descriptors of a recorded life. */
export const RECORDED: string = join(import.meta.dirname, '..', '..', 'recorded');

/** The directory of one recorded step. */
export function recordedStep(recorded: string, index: number): string {
  return join(recorded, `step-${String(index + 1)}`);
}

/** Shows the same story read-only, from descriptors that the tool wrote earlier. */
export async function playRecorded(print: Print, recorded: string = RECORDED): Promise<void> {
  for (const [index, { title }] of story.entries()) {
    const disk = await openDisk(recordedStep(recorded, index));
    await printState(disk, { number: index + 1, title }, '(recorded)', print);
  }
}
