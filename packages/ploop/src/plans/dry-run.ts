import {
  commands,
  isPloopError,
  RefusedError,
  type Command,
  type CommandName,
  type Runner,
} from '@ploop/runner';

import { refusedPlan, type MutationPlan } from '../mutations/plan.ts';

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

type AnyCommand = Command<unknown, unknown>;
const rows = Object.entries(commands) as readonly (readonly [CommandName, AnyCommand])[];

/**
 * A runner that checks what would change something, and stops there. What touches files before its first call has that
 * checked with {@link Runner.preflight} before, so it stops there already. What changes something without a command fails.
 *
 * @param check - What is checked: by default everything that a run is refused for, for which the tool may be asked.
 */
export function stopping(
  runner: Runner,
  check: (command: AnyCommand, input: unknown) => Promise<void> | void = runner.preflight,
): Runner {
  const unplanned = (): Promise<never> =>
    Promise.reject(new TypeError('only commands of the runner can be planned'));
  const stop = async (command: AnyCommand, input: unknown): Promise<never> => {
    await check(command, input);
    const [name] = rows.find(([, row]) => row === command) ?? [];
    return name === undefined ? unplanned() : Promise.reject(new Stopped(name, input));
  };
  const stopped = rows
    .filter(([, command]) => command.mutates)
    .map(([name, command]) => [name, (input: unknown) => stop(command, input)]);
  return {
    ...runner,
    ...(Object.fromEntries(stopped) as Partial<Runner>),
    run: (command, input, options) =>
      command.mutates ? stop(command as AnyCommand, input) : runner.run(command, input, options),
    complete: (command, input, options) =>
      command.mutates
        ? stop(command as AnyCommand, input)
        : runner.complete(command, input, options),
    preflight: (command, input) =>
      command.mutates ? stop(command as AnyCommand, input) : runner.preflight(command, input),
    locked: unplanned,
    loadModules: unplanned,
  };
}

/** What work through a runner that stops has come to. */
export async function planned(work: Promise<unknown>): Promise<MutationPlan> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Stopped)) return refusalIn(error);
    const { command, input } = error;
    return { outcome: 'called', refusals: [], warnings: [], actions: [], command, input };
  }
  throw new TypeError('a mutation went through without a call');
}

/** A refusal that was thrown, as a plan. What else was thrown is thrown again. */
export function refusalIn(error: unknown): MutationPlan {
  if (!isPloopError(error) || error.reason === undefined) throw error;
  const { reason: code, message, hint } = error;
  const diagnostics = error instanceof RefusedError ? error.diagnostics : [];
  return refusedPlan({
    code,
    hint: hint === undefined ? message : `${message}. ${hint}`,
    diagnostics,
  });
}
