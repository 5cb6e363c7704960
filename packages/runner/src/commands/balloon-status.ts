import { balloonArguments, balloonKey, onlyMatch, type BalloonInput } from '../argv/balloon.ts';
import type { Command } from '../command.ts';

const STATES = [
  'OFF',
  'BALLOON',
  'FBLOADED',
  'TRACK',
  'RELOC',
  'MERGE',
  'GROW',
  'DISCARD',
  'UNKNOWN',
] as const;

/** Result of `ploop balloon status`. */
export interface BalloonStatusResult {
  readonly state: (typeof STATES)[number];
}

// 1.15: "Current state of in-kernel maintenance: OFF"
const STATE = /^Current state of in-kernel maintenance: (\S+)$/;

/**
 * `ploop balloon status`: what the driver is doing to a mounted disk. For the block driver. Exit code 38: not mounted.
 */
export const balloonStatus: Command<BalloonInput, BalloonStatusResult> = {
  name: 'balloon status',
  verbosity: -1,
  mutates: false,
  disk: balloonKey,
  argv: balloonArguments,
  parse: (stdout) => {
    const told = onlyMatch(stdout, STATE)?.[1];
    const state = STATES.find((known) => known === told);
    return state === undefined ? { expected: 'a state of maintenance' } : { value: { state } };
  },
};
