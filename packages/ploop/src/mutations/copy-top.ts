import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';

import {
  aPath,
  aReadable,
  aWritable,
  isRecord,
  needed,
  options,
  type Rule,
} from '@ploop/descriptor/arguments';
import { runAsync } from '@ploop/descriptor/internal';
import { createRunner, RefusedError, type Runner } from '@ploop/runner';

import { requireArguments } from '../arguments/require.ts';
import { SIGNAL } from '../arguments/rules.ts';
import { mainMount } from '../holders/main-mount.ts';
import { refuseOutside } from '../refusals/refuse-outside.ts';
import { refuseOwnName } from '../refusals/refuse-own-name.ts';
import type { MutationOptions } from '../run/run-target.ts';
import { currentState, type Source } from '../state/source.ts';
import type { Mutation } from './mutation.ts';

/** Where the top delta of a mounted disk is sent to. */
export type SendCopyOptions = MutationOptions &
  (
    | {
        /** A new file on this machine, under a name that the disk does not use. */
        readonly file: string;
      }
    | {
        /** What carries it to a receiver. */
        readonly output: Writable;
        /** What the receiver answers; releases from 7.0.235 on need it. */
        readonly input?: Readable | undefined;
      }
  );

/** Where a copy comes from and goes to. */
export interface ReceiveCopyOptions extends MutationOptions {
  /** A new file. */
  readonly file: string;
  readonly input: Readable;
  /** What carries the answers to the sender; releases from 7.0.235 on need it. */
  readonly output?: Writable | undefined;
  /** What runs the tool. Default: the tool on this machine. */
  readonly runner?: Runner | undefined;
}

/** Sends the top delta of a mounted disk, while it is written to. What writes is to be stopped towards the end. */
async function sendTop(source: Source, { signal, ...destination }: SendCopyOptions): Promise<void> {
  // What the tool refuses, such as a split disk, is not given to it.
  const { descriptorPath } = source;
  const state = await runAsync(currentState(source));
  // What is not a path is refused by the runner.
  const file: unknown = 'file' in destination ? destination.file : undefined;
  if (typeof file === 'string')
    await refuseOwnName('sendCopy', resolve(file), { ...state, descriptorPath });
  const device = await mainDevice(source);
  await source.runner.copySend({ device, ...destination }, { signal });
}

/**
 * Makes an image of what {@link Disk.sendCopy} sends, on this machine or another. It is removed where that is broken.
 *
 * @throws PloopError `REFUSED` with `TARGET_EXISTS` or `OPTION_INVALID`; `EXIT` with 6 where nothing came, 13 where something else came.
 */
export async function receiveCopy(options: ReceiveCopyOptions): Promise<void> {
  requireArguments('receiveCopy', [options]);
  const { runner = createRunner(), signal, ...input } = options;
  await runner.copyReceive(input, { signal });
}

async function mainDevice(source: Source): Promise<string> {
  const mount = await mainMount(source);
  if (mount !== undefined) return mount.device;
  throw new RefusedError(
    'DISK_NOT_MOUNTED',
    `${source.descriptorPath} is on no device`,
    'Mount it: only a mounted disk is copied while it is written to. Files can be copied otherwise.',
  );
}

const aDestination: Rule = {
  ...options({ ...SIGNAL, file: aPath, output: aWritable, input: aReadable }),
  expected: 'an object with file or output',
  fits: (value) =>
    isRecord(value) && (value['file'] !== undefined || value['output'] !== undefined),
};

/** `disk.sendCopy`. */
export const sendCopy: Mutation<[options: SendCopyOptions], void> = {
  rules: { options: needed(aDestination) },
  guard: refuseOutside,
  turns: 'calls',
  run: sendTop,
};
