import { check } from './check.ts';
import { info } from './info.ts';
import { init } from './init.ts';
import { snapshotDelete } from './snapshot-delete.ts';
import { snapshotList } from './snapshot-list.ts';
import { snapshotMerge } from './snapshot-merge.ts';
import { snapshotSwitch } from './snapshot-switch.ts';
import { snapshot } from './snapshot.ts';

/** Every subcommand. Each row is a method of the runner, under its name here. */
export const commands = {
  check,
  info,
  init,
  snapshot,
  snapshotDelete,
  snapshotList,
  snapshotMerge,
  snapshotSwitch,
};
