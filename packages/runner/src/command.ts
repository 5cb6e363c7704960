/** What a command makes of the tool's output: a value, or what it had expected instead. */
export type Parsed<Result> = { readonly value: Result } | { readonly expected: string };

/** One subcommand of the tool as a value: how to call it and how to read its answer. Running is {@link Runner.run}. */
export interface Command<Input, Result> {
  /** The subcommand. */
  readonly name: string;
  /**
   * The tool's `-vN`: -1 keeps log lines out of stdout where that is read as data, higher where a log line says
   * something that the exit code does not.
   */
  readonly verbosity: -1 | 0 | 1;
  /**
   * The arguments after the subcommand, options first.
   *
   * @throws RefusedError where the input cannot be handed to the tool.
   */
  readonly argv: (input: Input) => readonly string[];
  /** Checks right before the start what the tool would handle destructively; throws RefusedError. */
  readonly guard?: (input: Input) => Promise<void>;
  /** Reads what the tool printed on stdout when it succeeded. */
  readonly parse: (stdout: string, input: Input) => Parsed<Result>;
}

/** For commands whose success is all there is to know. */
export function nothing(): Parsed<void> {
  return { value: undefined };
}
