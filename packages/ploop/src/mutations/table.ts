import { refuseOutside } from '../refusals/refuse-outside.ts';
import { refuseWritten } from '../refusals/refuse-written.ts';
import type { MutationOptions } from '../run/run-target.ts';
import type { Source } from '../state/source.ts';
import { dropCbt, dumpCbt, type DropCbtOptions, type DumpCbtOptions } from './cbt.ts';
import { checkDisk, type CheckDiskOptions } from './check-disk.ts';
import { convertDisk, type ConvertOptions, type ConvertTarget } from './convert.ts';
import { sendCopy, type SendCopyOptions } from './copy-top.ts';
import { deleteSnapshot, type DeleteSnapshotOptions } from './delete-snapshot.ts';
import { discard, type DiscardOptions } from './discard.ts';
import { encryptDisk, type EncryptOptions } from './encrypt.ts';
import { growDisk, type GrowOptions } from './grow.ts';
import { mergeSnapshot, type MergeSnapshotOptions } from './merge-snapshot.ts';
import { mountDisk, type MountOptions } from './mount.ts';
import { replaceImage, type ReplaceOptions } from './replace.ts';
import { resizeDisk, type ResizeOptions } from './resize.ts';
import { setMaxDeltaSize } from './set-max-delta-size.ts';
import { snapshot, type SnapshotOptions } from './snapshot.ts';
import { switchSnapshot, type SwitchSnapshotOptions } from './switch-snapshot.ts';
import { temporarySnapshot, type TemporarySnapshotOptions } from './temporary-snapshot.ts';
import { umountDisk, type UmountOptions } from './umount.ts';

/** What changes a disk, with all that is checked before: a row each, under the name of its method. */
export function mutationsOf(source: Source) {
  const inside = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    await refuseOutside(source);
    return work();
  };
  const unwritten = <Result>(work: () => Promise<Result>): Promise<Result> =>
    inside(async () => {
      await refuseWritten(source);
      return work();
    });
  return {
    mount: (options?: MountOptions) => inside(() => mountDisk(source, options)),
    umount: (options?: UmountOptions) => inside(() => umountDisk(source, options)),
    resize: (size: number, options?: ResizeOptions) =>
      unwritten(() => resizeDisk(source, size, options)),
    replace: (options: ReplaceOptions) => unwritten(() => replaceImage(source, options)),
    snapshot: (options?: SnapshotOptions) => unwritten(() => snapshot(source, options)),
    switchSnapshot: (guid: string, options?: SwitchSnapshotOptions) =>
      unwritten(() => switchSnapshot(source, guid, options)),
    deleteSnapshot: (guid: string, options?: DeleteSnapshotOptions) =>
      unwritten(() => deleteSnapshot(source, guid, options)),
    mergeSnapshot: (guid?: string, options?: MergeSnapshotOptions) =>
      unwritten(() => mergeSnapshot(source, guid, options)),
    convert: (target: ConvertTarget, options?: ConvertOptions) =>
      inside(() => convertDisk(source, target, options)),
    check: (options?: CheckDiskOptions) => inside(() => checkDisk(source, options)),
    encrypt: (options: EncryptOptions) => inside(() => encryptDisk(source, options)),
    temporarySnapshot: (options: TemporarySnapshotOptions) =>
      unwritten(() => temporarySnapshot(source, options)),
    discard: (options?: DiscardOptions) => inside(() => discard(source, options)),
    grow: (size: number, options?: GrowOptions) => unwritten(() => growDisk(source, size, options)),
    setMaxDeltaSize: (size: number | 'unlimited', options?: MutationOptions) =>
      unwritten(() => setMaxDeltaSize(source, size, options)),
    dropCbt: (options?: DropCbtOptions) => unwritten(() => dropCbt(source, options)),
    dumpCbt: (options: DumpCbtOptions) => inside(() => dumpCbt(source, options)),
    sendCopy: (options: SendCopyOptions) => inside(() => sendCopy(source, options)),
  };
}

/** The mutations of a disk. */
export type Mutations = ReturnType<typeof mutationsOf>;
