import type { Diagnostic } from '@ploop/descriptor';
import {
  commands,
  isPloopError,
  RefusedError,
  type Command,
  type CommandName,
  type Refusal,
  type Runner,
} from '@ploop/runner';

/** Nothing would be called. */
export interface RefusedCall {
  readonly outcome: 'refused';
  readonly reason: Refusal;
  readonly message: string;
  readonly hint: string | undefined;
  /** The findings about the disk that speak against it. Empty if the refusal has another reason. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What a mutation would come to. */
export type CallPlan<Details = unknown> =
  | ({
      /** The tool would be called; it can still fail. */
      readonly outcome: 'called';
      /** The method of the runner that would be called, first where there are several calls. */
      readonly command: CommandName;
      /** What that method would be given. */
      readonly input: unknown;
    } & Details)
  | RefusedCall;

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
export async function planned(work: Promise<unknown>): Promise<CallPlan> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Stopped)
      return { outcome: 'called', command: error.command, input: error.input };
    return refusalIn(error);
  }
  throw new TypeError('a mutation went through without a call');
}

/** A refusal that was thrown. What else was thrown is thrown again. */
export function refusalIn(error: unknown): RefusedCall {
  if (!isPloopError(error) || error.reason === undefined) throw error;
  const { reason, message, hint } = error;
  const diagnostics = error instanceof RefusedError ? error.diagnostics : [];
  return { outcome: 'refused', reason, message, hint, diagnostics };
}
