import { randomUUID } from 'node:crypto';
import { link, realpath, unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { resolveFile, type Guid, type SnapshotNode } from '@ploop/descriptor';
import {
  aFlag,
  aNumber,
  anObject,
  aPath,
  aString,
  either,
  needed,
  options,
} from '@ploop/descriptor/arguments';
import { runAsync } from '@ploop/descriptor/internal';
import { commands, plansOfCommand, RefusedError, type CommandInput } from '@ploop/runner';

import { GUARDED } from '../arguments/rules.ts';
import { imagesOf } from '../reads/images.ts';
import { refuseHarmful } from '../refusals/plan-refused.ts';
import { refuseDamaged } from '../refusals/refuse-damaged.ts';
import { refuseImages, type GuardOptions } from '../refusals/refuse-images.ts';
import type { MutationOptions } from '../run/run-target.ts';
import { currentState, type Source } from '../state/source.ts';
import { nodeOf, type DiskState } from '../state/state.ts';
import { unwritten, type PredictedMutation } from './mutation.ts';
import { planCommand } from './plan.ts';
import { refuseOther } from './replace-copy.ts';

/** Which image of a disk: by its shot, by its path, or by its distance from the base of the top's chain. */
export type ImageTarget =
  { readonly guid: string } | { readonly file: string } | { readonly level: number };

/** What replaces what. */
export interface ReplaceOptions extends MutationOptions, GuardOptions {
  readonly target: ImageTarget;
  /** A copy of that image. It may be anywhere; outside `confine`, later calls need a `confine` that includes it. */
  readonly file: string;
  /** Gives the copy the name of the image, which is gone then. Default: the image stays where it was. */
  readonly keepName?: boolean | undefined;
}

/** An image that has taken the place of another. */
export interface ReplacedImage {
  readonly guid: Guid;
  /** Absolute path. */
  readonly file: string;
}

/**
 * Puts a copy of an image in its place, while the disk is mounted, too; then it cannot be the top one. A copy outside the
 * directory of the disk becomes part of the disk, which then leads outside: every later call is refused as
 * `DELTA_OUTSIDE` unless the disk is opened with a `confine` that holds the copy. `keepName` moves the copy to the place
 * of the image instead.
 */
async function replaceImage(
  source: Source,
  { target, file, keepName = false, allowLinked, allowRival, signal }: ReplaceOptions,
): Promise<ReplacedImage> {
  const { descriptorPath: descriptor, runner } = source;
  const before = await runAsync(currentState(source));
  refuseDamaged(before);
  const node = nodeAt(before, target);
  const image = resolveFile(before.directory, node.image.file);
  const replacement = await existing(file);
  const wanted = { guid: node.guid, replacement, keepName };
  await refuseHarmful(runner, 'replace', plansOfCommand('replace', wanted, before));
  await refuseOther(image, replacement);
  const steps = [{ step: 'replace', file: node.image.file, by: replacement, keepName }] as const;
  await refuseImages(source, before, steps, {
    operation: 'replace',
    allowLinked,
    allowRival,
    signal,
  });
  const input: CommandInput<'replace'> = { descriptor, ...wanted };
  const run = (): Promise<void> => runner.replace(input, { signal });
  if (keepName) await runner.preflight(commands.replace, input);
  await (keepName ? withSecondName(replacement, before.directory, run) : run());
  return { guid: node.guid, file: keepName ? image : replacement };
}

type ImageNode = SnapshotNode & { readonly image: NonNullable<SnapshotNode['image']> };

function nodeAt(state: DiskState, target: ImageTarget): ImageNode {
  const node = 'guid' in target ? nodeOf(state, target.guid) : byPlace(state, target);
  if (node?.image === undefined)
    throw new RefusedError('IMAGE_UNKNOWN', `there is no image ${JSON.stringify(target)}`);
  return { ...node, image: node.image };
}

function byPlace(
  state: DiskState,
  target: Exclude<ImageTarget, { guid: string }>,
): SnapshotNode | undefined {
  const { directory, graph } = state;
  if ('level' in target) {
    const guid = imagesOf(state)[target.level]?.guid;
    return guid && graph.node(guid);
  }
  const wanted = resolve(target.file);
  return graph.nodes.find(
    ({ image }) => image !== undefined && resolveFile(directory, image.file) === wanted,
  );
}

async function existing(file: string): Promise<string> {
  return realpath(resolve(file)).catch((cause: unknown) => {
    throw new RefusedError('PATH_INVALID', `cannot find ${file}: ${String(cause)}`);
  });
}

/**
 * Release 1.15 cannot keep the name on a mounted disk where the copy has one name only: it rolls back, and exits with 0. The
 * second name is in the directory of the disk, where a check finds it if this process is killed.
 */
async function withSecondName<Result>(
  file: string,
  directory: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const second = join(directory, `.ploop-replace-${randomUUID()}`);
  const isMade = await link(file, second).then(
    () => true,
    () => false,
  );
  try {
    return await work();
  } finally {
    if (isMade) await unlink(second);
  }
}

const anImageTarget = either(
  anObject({ guid: aString }),
  anObject({ file: aPath }),
  anObject({ level: aNumber }),
);

/** `disk.replace`. */
export const replace: PredictedMutation<[options: ReplaceOptions], ReplacedImage> = {
  rules: {
    options: needed(
      options({
        ...GUARDED,
        target: needed(anImageTarget),
        file: needed(aPath),
        keepName: aFlag,
      }),
    ),
  },
  guard: unwritten,
  run: replaceImage,
  model: (_source, state, planOptions, { target, file, keepName }) => {
    const image = 'file' in target ? { image: target.file } : target;
    const input = { ...image, replacement: resolve(file), keepName };
    return planCommand('replace', input, state, planOptions);
  },
};
