import { runAsync, runSync, type Steps } from '@ploop/descriptor/internal';

import { guardedDisk, guardedPlans } from '../arguments/require.ts';
import { discardStats } from '../mutations/discard.ts';
import { mutationsOf, rows } from '../mutations/table.ts';
import { PLAN_RULES, plansOf } from '../plans/plans.ts';
import { dirtyBitmapsOf } from '../reads/dirty-bitmaps.ts';
import { fsInfoNow } from '../reads/fs-info.ts';
import { imageInfoOf } from '../reads/image-info.ts';
import { imagesOf } from '../reads/images.ts';
import { isMountedOf } from '../reads/is-mounted.ts';
import { mountsOf } from '../reads/mounts.ts';
import { snapshotsOf } from '../reads/snapshots.ts';
import { topDeltaOf } from '../reads/top-delta.ts';
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

  const disk: Disk = {
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
    discardStats: (options) => discardStats(source, options),
    plan: guardedPlans(plansOf(source), PLAN_RULES),
    ...mutationsOf(source),
    [Symbol.asyncDispose]: async () => {
      lifetime.abort();
      await runner.exclusive(descriptorPath, () => Promise.resolve());
    },
  };
  return guardedDisk(disk, Object.fromEntries(rows.map(([name, { rules }]) => [name, rules])));
}

/** One read in its two forms. */
function both<Arguments extends readonly unknown[], Result>(
  steps: (...given: Arguments) => Steps<Result>,
): [(...given: Arguments) => Promise<Result>, (...given: Arguments) => Result] {
  return [(...given) => runAsync(steps(...given)), (...given) => runSync(steps(...given))];
}
