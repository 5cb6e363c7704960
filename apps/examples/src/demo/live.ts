import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';

import { createDisk, createRunner, type Disk, type Runner } from 'ploop';

import { printState, type Print } from './print.ts';
import { recordedStep } from './recorded.ts';
import { SIZE, story } from './story.ts';

/** Options of the live demo. */
export interface LiveOptions {
  readonly print: Print;
  /** Where to keep the descriptor of each step, for {@link playRecorded}. */
  readonly record?: string | undefined;
}

/**
 * Walks a temporary disk through the story with the real tool.
 *
 * @returns whether the tool said the same as our reads after every step.
 * @throws PloopError with code `SPAWN` where there is no tool.
 */
export async function playLive({ print, record }: LiveOptions): Promise<boolean> {
  const directory = await mkdtemp(join(tmpdir(), 'ploop-demo-'));
  const runner = createRunner();
  try {
    const path = join(directory, 'root.hdd');
    const disk = await createDisk({ path, size: SIZE, fileSystem: 'none', runner });
    let allAgree = true;
    for (const [index, { title, act }] of story.entries()) {
      await act(disk);
      const agrees = await toolAgrees(disk, runner);
      allAgree &&= agrees;
      await printState(disk, { number: index + 1, title }, verdictOf(agrees), print);
      if (record !== undefined) await keep(disk, recordedStep(record, index));
    }
    return allAgree;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function toolAgrees(disk: Disk, runner: Runner): Promise<boolean> {
  const rows = await runner.snapshotList({ descriptor: disk.descriptorPath });
  const read = await disk.snapshots();
  const topDelta = await disk.topDelta();
  return (
    rows.length === read.length &&
    rows.every(({ guid, parentGuid, current, file }, index) => {
      const ours = read[index];
      const same = ours?.guid === guid && ours.parentGuid === parentGuid && ours.file === file;
      return same && ours.current === current && (!current || file === topDelta);
    })
  );
}

function verdictOf(agrees: boolean): string {
  return agrees
    ? styleText('green', '✓ snapshot-list says the same')
    : styleText('red', '✗ snapshot-list says something else');
}

async function keep(disk: Disk, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await copyFile(disk.descriptorPath, join(directory, 'DiskDescriptor.xml'));
}
