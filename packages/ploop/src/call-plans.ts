import {
  commands,
  isPloopError,
  type Command,
  type CommandName,
  type Refusal,
  type Runner,
} from '@ploop/runner';

import { checkDisk, type CheckDiskOptions } from './mutations/check-disk.ts';
import { convertDisk, type ConvertTarget } from './mutations/convert.ts';
import { encryptDisk, type EncryptOptions } from './mutations/encrypt.ts';
import { mountDisk, type MountOptions } from './mutations/mount.ts';
import { resizeDisk, type ResizeOptions } from './mutations/resize.ts';
import {
  temporarySnapshot,
  type TemporarySnapshotOptions,
} from './mutations/temporary-snapshot.ts';
import type { Source } from './source.ts';

/** What a mutation that is one call of the tool would come to. */
export type CallPlan =
  /** The tool would be called; it can still fail. `input` is what the method of the runner with that name takes. */
  | { readonly outcome: 'called'; readonly command: CommandName; readonly input: unknown }
  /** Nothing would be called. */
  | {
      readonly outcome: 'refused';
      readonly reason: Refusal;
      readonly message: string;
      readonly hint: string | undefined;
    };

/** What mutations would do that change no snapshots. They are checked as far as they go without a call that changes anything. */
export interface CallPlans {
  readonly mount: (options?: MountOptions) => Promise<CallPlan>;
  readonly resize: (size: number, options?: ResizeOptions) => Promise<CallPlan>;
  readonly convert: (target: ConvertTarget) => Promise<CallPlan>;
  readonly check: (options?: CheckDiskOptions) => Promise<CallPlan>;
  readonly encrypt: (options: EncryptOptions) => Promise<CallPlan>;
  readonly temporarySnapshot: (options: TemporarySnapshotOptions) => Promise<CallPlan>;
}

/** The plans of single calls for the disk that a source is of. */
export function callPlansOf(given: Source): CallPlans {
  const source = { ...given, runner: stopping(given.runner) };
  return {
    mount: (options) => planned(mountDisk(source, options)),
    resize: (size, options) => planned(resizeDisk(source, size, { ...options, offline: true })),
    convert: (target) => planned(convertDisk(source, target)),
    check: (options) => planned(checkDisk(source, options)),
    encrypt: (options) => planned(encryptDisk(source, options)),
    temporarySnapshot: (options) => planned(temporarySnapshot(source, options)),
  };
}

/** Thrown where the tool would be called. */
class Stopped extends Error {
  readonly command: CommandName;
  readonly input: unknown;

  constructor(command: CommandName, input: unknown) {
    super(`${command} would be called`);
    this.command = command;
    this.input = input;
  }
}

/** A runner that checks what would change something, and stops there. */
function stopping(runner: Runner): Runner {
  const stopped = Object.entries(commands)
    .filter(([, command]) => command.mutates)
    .map(([name, command]) => [
      name,
      async (input: unknown) => {
        await runner.preflight(command as Command<unknown, unknown>, input);
        throw new Stopped(name as CommandName, input);
      },
    ]);
  return { ...runner, ...(Object.fromEntries(stopped) as Partial<Runner>) };
}

async function planned(work: Promise<unknown>): Promise<CallPlan> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Stopped)
      return { outcome: 'called', command: error.command, input: error.input };
    if (!isPloopError(error) || error.reason === undefined) throw error;
    const { reason, message, hint } = error;
    return { outcome: 'refused', reason, message, hint };
  }
  throw new TypeError('a mutation went through without a call');
}
