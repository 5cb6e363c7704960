import type { Version } from '@ploop/descriptor/releases';
import { isPloopError } from '@ploop/runner';

import { PLACEHOLDER, type VolumeStep, type Walked } from '../../../descriptor/test/recorded/volume-scenarios.ts';
import { createRunner, openDisk, type Disk } from '../../src/index.ts';
import { ASKED } from '../asked.ts';
import { bareCalls, calls } from './calls.ts';
import type { Stage } from './stage.ts';
import { toolOf } from './tool.ts';

/** How a call went: done, refused before the tool was started, or failed as it did in the recording. */
export type Fate = (
  { readonly fate: 'done' | 'failed' } | { readonly fate: 'refused'; readonly reason: string }
) & {
  /** Why the runner alone refuses the call. */
  readonly bareReason: string | undefined;
};

/** What is refused although no recording shows a loss, and why. */
const STRICTER: Readonly<Record<string, string>> = {
  // It rewrites the tables of images that another volume may be using at that time.
  'convert -v': 'VOLUME_HAS_CHILDREN DISK_IS_VOLUME',
  'convert -f preallocated': 'VOLUME_HAS_CHILDREN',
  // It changes what must stay as it was.
  'grow -s': 'VOLUME_HAS_CHILDREN',
  // Nothing is done to a volume whose chain is broken.
  'volume delete': 'DISK_DAMAGED',
  // The volume continues from the parent of the other, not from that.
  'volume switch': 'VOLUME_IS_WRITABLE',
  // The tool does nothing, and exits with 0.
  'snapshot-merge': 'RELEASE_UNFIT',
};

/** Whether the tool was started. */
interface Started {
  yes: boolean;
}

export async function fateOf(stage: Stage, step: VolumeStep, release: Version): Promise<Fate | undefined> {
  const { argv = [] } = step;
  const [name = '', second = ''] = argv;
  const subcommand = name === 'volume' ? `${name} ${second}` : name;
  const call = calls[subcommand];
  if (call === undefined) return undefined;
  const words = argv.slice(name === 'volume' ? 2 : 1);
  const at = (index: number): string => (words.at(index) ?? '').replaceAll(PLACEHOLDER, stage.root);
  const started: Started = { yes: false };
  const runner = createRunner({
    ...ASKED,
    release: { from: release, to: release },
    exec: toolOf(stage, step, () => {
      started.yes = true;
    }),
  });
  const options = { runner, confine: stage.root };
  const disk = (): Promise<Disk> => openDisk(at(-1), options);
  const given = { words, at, options, disk };
  const bareReason = await reasonOf(bareCalls[subcommand]?.(given));
  let fate: Fate = { fate: 'done', bareReason };
  try {
    await call(given);
  } catch (error) {
    if (isPloopError(error) && error.code === 'REFUSED' && !started.yes)
      fate = { fate: 'refused', reason: reasonIn(error) ?? '', bareReason };
    else fate = { fate: 'failed', bareReason };
  }
  if (!started.yes) await stage.apply(step);
  return fate;
}

function reasonIn(error: unknown): string | undefined {
  return isPloopError(error) && error.code === 'REFUSED'
    ? (error as unknown as { readonly reason: string }).reason
    : undefined;
}

async function reasonOf(work: Promise<void> | undefined): Promise<string | undefined> {
  return work?.then(() => undefined, reasonIn);
}

/** How a call differs from its recording; absent if it does not. */
export function differenceOf({ step, lost }: Walked, fate: Fate): string | undefined {
  const argv = step.argv ?? [];
  if (lost.length > 0)
    return fate.fate === 'refused' ? undefined : `${fate.fate}, but loses ${lost.join()}`;
  if (fate.fate === 'refused') {
    if (step.exit !== 0) return undefined;
    const names = [3, 2, 1].map((count) => argv.slice(0, count).join(' '));
    const expected = names.map((name) => STRICTER[name]).find((one) => one !== undefined);
    return expected?.split(' ').includes(fate.reason) === true
      ? undefined
      : `refused: ${fate.reason}`;
  }
  const isDone = step.exit === 0;
  return isDone === (fate.fate === 'done')
    ? undefined
    : `${fate.fate}, but exits with ${String(step.exit)}`;
}

