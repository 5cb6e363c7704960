import type { Guid } from '@ploop/descriptor';
import type { Version } from '@ploop/descriptor/releases';

import type { Exclusive } from '../lock/exclusive.ts';
import type { RunLog } from './run-log.ts';
import type { Words } from './words.ts';

/** What all runs of one simulated tool have in common. */
export interface Simulation {
  readonly release: Version;
  /** The version of new images where no option says it. */
  readonly imageVersion: 1 | 2;
  /** Makes up the GUIDs of snapshots and files. */
  readonly randomGuid: () => Guid;
  /** Called before each effect on files; throws where a fault ends the run there. */
  readonly step: (effect: string) => Promise<void>;
  /** Lets runs on the disk of a descriptor take turns. */
  readonly exclusively: Exclusive;
}

/** One run of a subcommand. */
export interface Call {
  readonly simulation: Simulation;
  readonly words: Words;
  readonly log: RunLog;
}

/** A subcommand of the simulated tool. */
export interface SimulatedCommand {
  /** Letters of options as getopt takes them: a colon follows those with a value. Those of all releases. */
  readonly shape: string;
  /** Long options, and the letter of each. */
  readonly names?: Readonly<Record<string, string>>;
  /** What its usage says of its arguments. */
  readonly usage: string;
  /** @throws ToolExit where it ends with another code than 0. */
  readonly run: (call: Call) => Promise<void>;
}
