import type { CommandName } from '../../src/index.ts';
import { disks } from './disks.ts';
import type { RealCase } from './given.ts';
import { helpers } from './helpers.ts';
import { mounts } from './mounts.ts';
import { snapshots } from './snapshots.ts';

/** What every command is tried with on the real tool: one without does not compile. */
export const realCases: Readonly<Record<CommandName, readonly RealCase[]>> = {
  ...disks,
  ...helpers,
  ...mounts,
  ...snapshots,
};
