import { runAsync, runSync, type Steps } from '@ploop/descriptor/internal';
import type { Among } from '@ploop/runner';

import { guardedDisk, guardedPlans } from '../arguments/require.ts';
import { discardStats } from '../mutations/discard.ts';
import { mutationsOf, type Mutations } from '../mutations/table.ts';
import { callPlansOf } from '../plans/call-plans.ts';
import { editPlansOf } from '../plans/edit-plans.ts';
import { plansOf } from '../plans/plans.ts';
import { dirtyBitmapsOf } from '../reads/dirty-bitmaps.ts';
import { fsInfoNow } from '../reads/fs-info.ts';
import { imageInfoOf } from '../reads/image-info.ts';
import { imagesOf } from '../reads/images.ts';
import { isMountedOf } from '../reads/is-mounted.ts';
import { mountsOf } from '../reads/mounts.ts';
import { snapshotsOf } from '../reads/snapshots.ts';
import { topDeltaOf } from '../reads/top-delta.ts';
import { exclusively } from '../run/exclusively.ts';
import type { MutationOptions } from '../run/run-target.ts';
import { currentState, type Source } from '../state/source.ts';
import type { DiskState } from '../state/state.ts';
import { wholeState } from '../state/whole-state.ts';
import { watchDisk } from '../watch/watch-disk.ts';
import { fsInfo, isMounted, mounts } from './ask-tool.ts';
import type { Disk } from './disk.ts';

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
  const [images, imagesSync] = both(function* (guid?: string) {
    return imagesOf(yield* wholeState(source), guid);
  });
  const [snapshots, snapshotsSync] = both(function* () {
    return snapshotsOf(yield* wholeState(source));
  });

  const inTurn = <Result>(
    work: (mutations: Mutations) => Promise<Result>,
    options: MutationOptions | undefined,
    among?: Among,
  ): Promise<Result> => exclusively(source, (traced) => work(mutationsOf(traced)), options, among);

  return guardedDisk<Disk>({
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
    plan: guardedPlans({ ...plansOf(source), ...callPlansOf(source), ...editPlansOf(source) }),
    mount: (options) => inTurn((to) => to.mount(options), options),
    umount: (options) => inTurn((to) => to.umount(options), options),
    resize: (size, options) => inTurn((to) => to.resize(size, options), options),
    replace: (options) => inTurn((to) => to.replace(options), options),
    snapshot: (options) => inTurn((to) => to.snapshot(options), options),
    switchSnapshot: (guid, options) => inTurn((to) => to.switchSnapshot(guid, options), options),
    deleteSnapshot: (guid, options) => inTurn((to) => to.deleteSnapshot(guid, options), options),
    mergeSnapshot: (guid, options) => inTurn((to) => to.mergeSnapshot(guid, options), options),
    convert: (target, options) => inTurn((to) => to.convert(target, options), options),
    check: (options) => inTurn((to) => to.check(options), options),
    encrypt: (options) => inTurn((to) => to.encrypt(options), options),
    temporarySnapshot: (options) => inTurn((to) => to.temporarySnapshot(options), options),
    discardStats: (options) => discardStats(source, options),
    discard: (options) => inTurn((to) => to.discard(options), options, 'calls'),
    grow: (size, options) => inTurn((to) => to.grow(size, options), options),
    setMaxDeltaSize: (size, options) => inTurn((to) => to.setMaxDeltaSize(size, options), options),
    dropCbt: (options) => inTurn((to) => to.dropCbt(options), options),
    dumpCbt: (options) => inTurn((to) => to.dumpCbt(options), options),
    sendCopy: (options) => inTurn((to) => to.sendCopy(options), options, 'calls'),
    [Symbol.asyncDispose]: async () => {
      lifetime.abort();
      await runner.exclusive(descriptorPath, () => Promise.resolve());
    },
  });
}

/** One read in its two forms. */
function both<Arguments extends readonly unknown[], Result>(
  steps: (...given: Arguments) => Steps<Result>,
): [(...given: Arguments) => Promise<Result>, (...given: Arguments) => Result] {
  return [(...given) => runAsync(steps(...given)), (...given) => runSync(steps(...given))];
}
