import type { SimulatedCommand } from '../simulation.ts';
import { check } from './check.ts';
import { convert } from './convert.ts';
import { grow } from './grow.ts';
import { info } from './info.ts';
import { init } from './init.ts';
import { list } from './list.ts';
import { mount } from './mount.ts';
import { replace } from './replace.ts';
import { restoreDescriptor } from './restore-descriptor.ts';
import { snapshotDelete } from './snapshot-delete.ts';
import { snapshotList } from './snapshot-list.ts';
import { snapshotMerge } from './snapshot-merge.ts';
import { snapshotSwitch } from './snapshot-switch.ts';
import { snapshot } from './snapshot.ts';

/** The subcommands that are simulated. */
export const COMMANDS: Readonly<Record<string, SimulatedCommand>> = {
  check,
  convert,
  grow,
  info,
  init,
  list,
  mount,
  replace,
  'restore-descriptor': restoreDescriptor,
  snapshot,
  'snapshot-delete': snapshotDelete,
  'snapshot-list': snapshotList,
  'snapshot-merge': snapshotMerge,
  'snapshot-switch': snapshotSwitch,
};
