/** How a run of the tool ends that fails: its exit code, and what it says of it. */
export class ToolExit extends Error {
  override readonly name = 'ToolExit';
  readonly exitCode: number;

  /** @param text - What stands on stderr, without the place in the source of the tool; empty where it says nothing. */
  constructor(exitCode: number, text = '') {
    super(text);
    this.exitCode = exitCode;
  }
}

/** What no recording shows: the run ends with this code, which no release has. */
const NOT_SIMULATED = 70;

/** A run whose outcome is not known well enough to be simulated. */
export function notSimulated(what: string): ToolExit {
  return new ToolExit(NOT_SIMULATED, `simulated ploop: ${what} is not simulated`);
}
