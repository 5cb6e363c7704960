import { runAsync, runSync, type Steps } from '@ploop/descriptor/node';

import { callPlansOf } from './call-plans.ts';
import type { Disk } from './disk.ts';
import { editPlansOf } from './edit-plans.ts';
import { discardStats } from './mutations/discard.ts';
import { mutationsOf } from './mutations/table.ts';
import { exclusively, type MutationOptions } from './mutations/target.ts';
import { plansOf } from './plans.ts';
import { fsInfo, isMounted, mounts } from './reads/ask-tool.ts';
import { dirtyBitmapsOf } from './reads/dirty-bitmaps.ts';
import { fsInfoNow } from './reads/fs-info.ts';
import { imageInfoOf } from './reads/image-info.ts';
import { imagesOf } from './reads/images.ts';
import { isMountedOf } from './reads/is-mounted.ts';
import { mountsOf } from './reads/mounts.ts';
import { snapshotsOf } from './reads/snapshots.ts';
import { topDeltaOf } from './reads/top-delta.ts';
import { currentState, type Source } from './source.ts';
import type { DiskState } from './state.ts';
import { watchDisk } from './watch/watch-disk.ts';

/** The disk that a source is of. */
export function makeDisk(source: Source): Disk {
  const { descriptorPath, runner } = source;
  const lifetime = new AbortController();
  const read = <Arguments extends readonly unknown[], Result>(
    answer: (state: DiskState, ...given: Arguments) => Result,
  ) =>
    both(function* (...given: Arguments): Steps<Result> {
      return answer(yield* currentState(source), ...given);
    });
  const [descriptor, descriptorSync] = read((state) => state.descriptor);
  const [imageInfo, imageInfoSync] = both(() => imageInfoOf(source));
  const [topDelta, topDeltaSync] = read(topDeltaOf);
  const [images, imagesSync] = read((state: DiskState, guid?: string) => imagesOf(state, guid));
  const [snapshots, snapshotsSync] = read(snapshotsOf);

  const mutate = mutationsOf(source);
  const inTurn = <Result>(
    work: () => Promise<Result>,
    options: MutationOptions | undefined,
  ): Promise<Result> => exclusively(source, work, options);

  return {
    descriptorPath,
    descriptor,
    descriptorSync,
    topDelta,
    topDeltaSync,
    images,
    imagesSync,
    snapshots,
    snapshotsSync,
    imageInfo,
    imageInfoSync,
    isMounted: (options) => isMounted(source, options),
    isMountedSync: () => runSync(isMountedOf(source)),
    mounts: (options) => mounts(source, options),
    mountsSync: (options) => runSync(mountsOf(source, options)),
    fsInfo: (options) => fsInfo(source, options),
    fsInfoSync: () => fsInfoNow(source),
    dirtyBitmaps: () => dirtyBitmapsOf(source),
    watch: (options) => watchDisk(source, lifetime.signal, options),
    plan: { ...plansOf(source), ...callPlansOf(source), ...editPlansOf(source) },
    mount: (options) => inTurn(() => mutate.mount(options), options),
    umount: (options) => inTurn(() => mutate.umount(options), options),
    resize: (size, options) => inTurn(() => mutate.resize(size, options), options),
    replace: (options) => inTurn(() => mutate.replace(options), options),
    snapshot: (options) => inTurn(() => mutate.snapshot(options), options),
    switchSnapshot: (guid, options) => inTurn(() => mutate.switchSnapshot(guid, options), options),
    deleteSnapshot: (guid, options) => inTurn(() => mutate.deleteSnapshot(guid, options), options),
    mergeSnapshot: (guid, options) => inTurn(() => mutate.mergeSnapshot(guid, options), options),
    convert: (target, options) => inTurn(() => mutate.convert(target, options), options),
    check: (options) => inTurn(() => mutate.check(options), options),
    encrypt: (options) => inTurn(() => mutate.encrypt(options), options),
    temporarySnapshot: (options) => inTurn(() => mutate.temporarySnapshot(options), options),
    discardStats: (options) => discardStats(source, options),
    discard: (options) => inTurn(() => mutate.discard(options), options),
    grow: (size, options) => inTurn(() => mutate.grow(size, options), options),
    setMaxDeltaSize: (size, options) =>
      inTurn(() => mutate.setMaxDeltaSize(size, options), options),
    dropCbt: (options) => inTurn(() => mutate.dropCbt(options), options),
    dumpCbt: (options) => inTurn(() => mutate.dumpCbt(options), options),
    sendCopy: (options) => inTurn(() => mutate.sendCopy(options), options),
    [Symbol.asyncDispose]: async () => {
      lifetime.abort();
      await runner.exclusive(descriptorPath, () => Promise.resolve());
    },
  };
}

/** One read in its two forms. */
function both<Arguments extends readonly unknown[], Result>(
  steps: (...given: Arguments) => Steps<Result>,
): [(...given: Arguments) => Promise<Result>, (...given: Arguments) => Result] {
  return [(...given) => runAsync(steps(...given)), (...given) => runSync(steps(...given))];
}
