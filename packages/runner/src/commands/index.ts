import { balloonCheck } from './balloon-check.ts';
import { balloonClear } from './balloon-clear.ts';
import { balloonComplete } from './balloon-complete.ts';
import { balloonDiscard } from './balloon-discard.ts';
import { balloonRepair } from './balloon-repair.ts';
import { balloonShow } from './balloon-show.ts';
import { balloonStat } from './balloon-stat.ts';
import { balloonStatus } from './balloon-status.ts';
import { cbtCmp } from './cbt-cmp.ts';
import { cbtDiff } from './cbt-diff.ts';
import { cbtDrop } from './cbt-drop.ts';
import { cbtDump } from './cbt-dump.ts';
import { cbtShow } from './cbt-show.ts';
import { checkImage } from './check-image.ts';
import { check } from './check.ts';
import { clear } from './clear.ts';
import { convert } from './convert.ts';
import { copyReceive } from './copy-receive.ts';
import { copySend } from './copy-send.ts';
import { encrypt } from './encrypt.ts';
import { fscheck } from './fscheck.ts';
import { grow } from './grow.ts';
import { infoDevice } from './info-device.ts';
import { infoFileSystem } from './info-file-system.ts';
import { info } from './info.ts';
import { init } from './init.ts';
import { list } from './list.ts';
import { merge } from './merge.ts';
import { mountImages } from './mount-images.ts';
import { mount } from './mount.ts';
import { replace } from './replace.ts';
import { resize } from './resize.ts';
import { restoreDescriptor } from './restore-descriptor.ts';
import { rm } from './rm.ts';
import { balloonChange } from './balloon-change.ts';
import { snapshotDelete } from './snapshot-delete.ts';
import { snapshotList } from './snapshot-list.ts';
import { snapshotMerge } from './snapshot-merge.ts';
import { snapshotSwitch } from './snapshot-switch.ts';
import { snapshot } from './snapshot.ts';
import { start } from './start.ts';
import { stat } from './stat.ts';
import { stop } from './stop.ts';
import { tsnapshot } from './tsnapshot.ts';
import { umount } from './umount.ts';
import { volumeClone } from './volume-clone.ts';
import { volumeCreate } from './volume-create.ts';
import { volumeDelete } from './volume-delete.ts';
import { volumeInfo } from './volume-info.ts';
import { volumeSnapshot } from './volume-snapshot.ts';
import { volumeSwitch } from './volume-switch.ts';
import { volumeTree } from './volume-tree.ts';

/** Every subcommand. Each row is a method of the runner, under its name here. */
export const commands = {
  balloonChange,
  balloonCheck,
  balloonClear,
  balloonComplete,
  balloonDiscard,
  balloonRepair,
  balloonShow,
  balloonStat,
  balloonStatus,
  cbtCmp,
  cbtDiff,
  cbtDrop,
  cbtDump,
  cbtShow,
  check,
  checkImage,
  clear,
  convert,
  copyReceive,
  copySend,
  encrypt,
  fscheck,
  grow,
  info,
  infoDevice,
  infoFileSystem,
  init,
  list,
  merge,
  mount,
  mountImages,
  replace,
  resize,
  restoreDescriptor,
  rm,
  snapshot,
  snapshotDelete,
  snapshotList,
  snapshotMerge,
  snapshotSwitch,
  start,
  stat,
  stop,
  tsnapshot,
  umount,
  volumeClone,
  volumeCreate,
  volumeDelete,
  volumeInfo,
  volumeSnapshot,
  volumeSwitch,
  volumeTree,
};

type Commands = typeof commands;

/** The name of a command: the runner's method for it. */
export type CommandName = keyof Commands;

/** What a command takes. */
export type CommandInput<Name extends CommandName> = Parameters<Commands[Name]['argv']>[0];

/** What a command gives. */
export type CommandResult<Name extends CommandName> = Extract<
  ReturnType<Commands[Name]['parse']>,
  { readonly value: unknown }
>['value'];
