import { resolve } from 'node:path';

import type { DiskDescriptor, Guid } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/node';
import { planSnapshot, type Plan, type PlanOptions } from '@ploop/descriptor/plan';
import { isNotMounted } from '@ploop/runner';

import { generateGuid } from '../generate-guid.ts';
import { refuseHarm, refuseHopeless } from '../plan-refused.ts';
import { ReadError } from '../read-error.ts';
import { mountsOf } from '../reads/mounts.ts';
import type { Source } from '../source.ts';
import { guidOf, stateOf } from '../state.ts';
import { verify } from '../verify.ts';
import { deleteSnapshot } from './delete-snapshot.ts';
import { exclusively, type MutationOptions } from './target.ts';

/** How a temporary snapshot is taken. */
export interface TemporarySnapshotOptions extends MutationOptions {
  /** The name of its device; the tool puts a tilde before it. */
  readonly component: string;
  /** A directory to mount its file system at, read-only. Default: the device alone is made. */
  readonly target?: string | undefined;
  /** Default: a random one. */
  readonly guid?: string | undefined;
}

/** A snapshot that is there for a while, to be backed up. */
export interface TemporarySnapshot extends AsyncDisposable {
  readonly guid: Guid;
  readonly device: string;
  readonly mountPoint: string | undefined;
  /** Unmounts it and merges it away. Also by `await using`. */
  readonly end: (options?: MutationOptions) => Promise<void>;
}

/** Takes a snapshot that is marked temporary, and mounts it under a name of its own, read-only. */
export async function temporarySnapshot(
  source: Source,
  { component, target, guid: text, signal }: TemporarySnapshotOptions,
): Promise<TemporarySnapshot> {
  const { descriptorPath: descriptor, runner } = source;
  const guid = text === undefined ? generateGuid() : guidOf(text);
  const before = await runAsync(stateOf(descriptor));
  const planOf = (model: DiskDescriptor, options: PlanOptions): Plan =>
    planSnapshot(model, { guid }, options);
  refuseHopeless(before, 'temporarySnapshot', planOf);
  await refuseHarm(runner, before, 'temporarySnapshot', planOf);
  const mountPoint = target === undefined ? undefined : resolve(target);
  const { device } = await runner.tsnapshot(
    { descriptor, guid, component, mountPoint },
    { signal },
  );
  const { graph } = await runAsync(stateOf(descriptor));
  verify(graph.node(guid)?.temporary === true, 'tsnapshot', `a temporary snapshot ${guid}`);
  const end = (options?: MutationOptions): Promise<void> =>
    exclusively(source, () => endTemporary(source, guid, device, options), options);
  return { guid, device, mountPoint, end, [Symbol.asyncDispose]: end };
}

async function endTemporary(
  source: Source,
  guid: Guid,
  device: string,
  { signal }: MutationOptions = {},
): Promise<void> {
  const { descriptorPath, runner } = source;
  if (await isStillThere(source, device))
    await runner.umount({ device }, { signal }).catch((error: unknown) => {
      if (!isNotMounted(error)) throw error;
    });
  // Whatever changes the disk once its device has gone merges it away.
  const { graph } = await runAsync(stateOf(descriptorPath));
  if (graph.node(guid)?.temporary === true) await deleteSnapshot(source, guid, { signal });
}

/** A device that somebody else has ended may be one of another disk by now. Where the kernel does not tell, it is ours. */
async function isStillThere(source: Source, device: string): Promise<boolean> {
  try {
    return (await runAsync(mountsOf(source))).some((mount) => mount.device === device);
  } catch (error) {
    if (error instanceof ReadError) return true;
    throw error;
  }
}
