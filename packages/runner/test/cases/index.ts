import type { CommandName } from '../../src/index.ts';
import type { CasesOf } from './case.ts';
import { disks } from './disks.ts';
import { helpers } from './helpers.ts';
import { mounts } from './mounts.ts';
import { snapshots } from './snapshots.ts';

/** Cases for every command: one without does not compile. */
export const cases: CasesOf<CommandName> = { ...disks, ...helpers, ...mounts, ...snapshots };
