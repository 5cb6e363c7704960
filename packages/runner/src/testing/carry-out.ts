import { isDeepStrictEqual } from 'node:util';

import { sameGuid } from '@ploop/descriptor';
import type { Plan, PlannedAction, PlanRefusalCode } from '@ploop/descriptor/plan';
import { createDelta, describeImage, mergeDelta } from '@ploop/image';
import { rename } from 'node:fs/promises';

import { holds } from './facts.ts';
import { usedPart, withImage } from './image-file.ts';
import { makeImage } from './new-image.ts';
import { refusalText } from './refusal-texts.ts';
import {
  isRawBase,
  removeFile,
  storeTemporary,
  topImage,
  type SimulatedDisk,
} from './simulated-disk.ts';
import type { Call } from './simulation.ts';
import { notSimulated, ToolExit } from './tool-exit.ts';

/** Exit codes from here on are signals, as shells say them. */
const FIRST_SIGNAL = 128;

/** Refusals of the middle of a merge, which leave a temporary descriptor and marks behind. */
const HALF_WAY: readonly PlanRefusalCode[] = [
  'RAW_BASE_MERGE',
  'MERGE_FAILS',
  'NEW_FILE_UNSUPPORTED',
];

/** What a run says of what it does. */
interface About {
  /** The GUIDs that the call names, for the text of a refusal. */
  readonly guid?: string;
  readonly other?: string;
  /** Lines before the descriptor is stored, at verbosity 3 those of the second list. */
  readonly lines?: readonly string[];
  readonly details?: readonly string[];
}

/**
 * Does to the files of a disk what a plan says that the release does, and ends as the release ends. What a release does
 * although data is lost by it is not done.
 */
export async function carryOut(
  plan: Plan,
  disk: SimulatedDisk,
  call: Call,
  about: About = {},
): Promise<void> {
  const [refusal] = plan.refusals;
  if (refusal !== undefined && refusal.exitCode === undefined)
    throw notSimulated(`${call.words.subcommand} where it loses data (${refusal.code})`);
  if ((refusal?.exitCode ?? 0) >= FIRST_SIGNAL)
    throw notSimulated(`${call.words.subcommand} where it crashes (${refusal?.code ?? ''})`);
  if (refusal === undefined) {
    for (const line of [...(about.lines ?? []), ...mergeLines(plan, disk)]) call.log.line(line);
    for (const line of about.details ?? []) call.log.line(line, 3);
  }
  if (refusal !== undefined && HALF_WAY.includes(refusal.code))
    throw notSimulated(`${call.words.subcommand} where it fails half-way (${refusal.code})`);
  await applyActions(plan, disk, call);
  if (refusal?.exitCode !== undefined)
    throw new ToolExit(refusal.exitCode, refusalText(refusal.code, about));
}

function mergeLines(
  { actions }: Plan,
  { descriptor: { images } }: SimulatedDisk,
): readonly string[] {
  const guidOf = (file: string): string => images.find((image) => image.file === file)?.guid ?? '';
  return actions.flatMap((action) =>
    action.action === 'merge' && guidOf(action.into) !== ''
      ? [
          `Offline snapshot merge ${guidOf(action.file)} -> ${guidOf(action.into)}`,
          `Merging image: ${action.file} -> ${action.into}`,
        ]
      : [],
  );
}

async function applyActions(plan: Plan, disk: SimulatedDisk, call: Call): Promise<void> {
  const { actions, descriptor } = plan;
  if (actions.length === 0 && isDeepStrictEqual(descriptor, disk.descriptor)) return;
  const settle = await storeTemporary(disk, descriptor, call);
  const after = actions.filter(({ action }) => action === 'remove' || action === 'rename');
  for (const action of actions) if (!after.includes(action)) await apply(action, plan, disk, call);
  await settle();
  for (const action of after) await apply(action, plan, disk, call);
}

async function apply(
  action: PlannedAction,
  plan: Plan,
  disk: SimulatedDisk,
  call: Call,
): Promise<void> {
  const path = disk.path(action.file);
  if (action.action === 'remove') return removeFile(path, call);
  await call.simulation.step(action.action);
  if (action.action === 'rename') return rename(path, disk.path(action.to));
  if (action.action === 'create') return makeDelta(action.file, plan, disk, call);
  const into = disk.path(action.into);
  const rawBase = isRawBase(action.into, disk.descriptor);
  call.log.line(`Opening delta ${path}`);
  call.log.line(`Opening delta ${into}`);
  await withImage(path, (upper) =>
    withImage(into, async (lower) => {
      const isFull = !rawBase && holds('makesFullImages', call.simulation.release);
      await mergeDelta(isFull ? await usedPart(lower) : lower, upper, { rawBase });
    }),
  );
}

/** A new, empty delta: over the parent of its shot, or, for a merge, of the layout of the first image that is merged. */
async function makeDelta(
  file: string,
  { descriptor, actions }: Plan,
  disk: SimulatedDisk,
  call: Call,
): Promise<void> {
  const image = descriptor.images.find((one) => one.file === file);
  const shot = descriptor.shots.find(
    ({ guid }) => image !== undefined && sameGuid(guid, image.guid),
  );
  const parent = descriptor.images.find(
    ({ guid }) => shot !== undefined && sameGuid(guid, shot.parentGuid),
  )?.file;
  const merged = actions.find((one) => one.action === 'merge' && one.into === file)?.file;
  const below = disk.path(merged ?? parent ?? topImage(disk).file);
  const made = await withImage(below, async (source) =>
    createDelta((await describeImage(source)).description, file, {
      version: call.simulation.imageVersion,
      blockSize: disk.descriptor.blockSize,
    }),
  );
  await makeImage({ path: disk.path(file), image: made }, call);
}
