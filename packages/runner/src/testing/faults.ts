import { setTimeout as wait } from 'node:timers/promises';

import { ToolExit } from './tool-exit.ts';

/** How runs of a simulated tool go wrong on demand. */
export interface Fault {
  /** The subcommand that it is about. Default: every one. */
  readonly command?: string | undefined;
  /** Before which effect on files, counted from 1, the run ends. Default: before the first, or at its end with `slowMs` alone. */
  readonly step?: number | undefined;
  /** What it exits with: 23 is a lock that another program holds, 28 a rename that failed. */
  readonly exitCode?: number | undefined;
  /** What ends it instead, in the middle: nothing is cleaned up. */
  readonly signal?: 'SIGKILL' | 'SIGSEGV' | undefined;
  /** How long each effect on files takes longer, in milliseconds. */
  readonly slowMs?: number | undefined;
  /** How many runs it is for. Default: 1. */
  readonly times?: number | undefined;
}

/** How a run ends that is killed. */
export class Killed extends ToolExit {
  readonly signal: string;

  constructor(signal: string) {
    super(0);
    this.signal = signal;
  }
}

/** Follows the effects of one run, and ends it where its fault says. */
export function faultySteps(fault: Fault | undefined): () => Promise<void> {
  let done = 0;
  return async () => {
    done += 1;
    if (fault === undefined) return;
    if (fault.slowMs !== undefined) await wait(fault.slowMs);
    if (done !== (fault.step ?? 1)) return;
    if (fault.signal !== undefined) throw new Killed(fault.signal);
    if (fault.exitCode !== undefined)
      throw new ToolExit(fault.exitCode, 'simulated ploop: a fault on demand');
  };
}
