import { runAsync } from '@ploop/descriptor/internal';
import type { Refusal } from '@ploop/runner';

import { mainMount } from '../holders/main-mount.ts';
import { roundedUp } from '../mutations/resize.ts';
import { mutationsOf, type Mutations } from '../mutations/table.ts';
import { mountToGo } from '../mutations/umount.ts';
import { imageInfoOf } from '../reads/image-info.ts';
import { refuseTaken } from '../refusals/refuse-shown.ts';
import type { Source } from '../state/source.ts';
import { planned, stopping, type CallPlan, type RefusedCall } from './dry-run.ts';

/** How a disk would be resized. */
export type ResizeWay =
  /** As it lies there: it is on no device. */
  | { readonly way: 'offline' }
  /** On its device, which stays. Where its file system is mounted nowhere the tool mounts it for the while. */
  | {
      readonly way: 'online';
      readonly device: string;
      readonly mountPoint: string | undefined;
    }
  /** Between a mount and an unmount of its own: `offline: false`. What the tool then says of the size is not known before. */
  | { readonly way: 'mounted-meanwhile' };

/** The device that would be worked on, and where its file system is mounted. */
export interface DevicePlan {
  /** Absent where the tool would mount the disk for the while. */
  readonly device?: string | undefined;
  readonly mountPoint?: string | undefined;
}

interface Details {
  readonly resize: ResizeWay;
  readonly umount: DevicePlan;
  readonly discard: DevicePlan;
}

type Called =
  | 'mount'
  | 'umount'
  | 'resize'
  | 'convert'
  | 'check'
  | 'encrypt'
  | 'temporarySnapshot'
  | 'discard'
  | 'grow'
  | 'dropCbt'
  | 'dumpCbt'
  | 'sendCopy';

/**
 * What mutations would do that change no snapshots; they take what the mutations take. They are checked as far as they go
 * without a call that changes anything: the tool may be asked by others. A disk that is mounted already, or is not, is
 * refused here as `DISK_MOUNTED` or `DISK_NOT_MOUNTED`, while `mount`, `umount` and `discard` leave it to the tool to say so.
 */
export type CallPlans = {
  readonly [Name in Called]: (
    ...given: Parameters<Mutations[Name]>
  ) => Promise<CallPlan<Name extends keyof Details ? Details[Name] : unknown>>;
};

/** The plans of single calls for the disk that a source is of. */
export function callPlansOf(source: Source): CallPlans {
  const dry = mutationsOf({ ...source, runner: stopping(source.runner) });
  return {
    mount: (...given) =>
      planned(
        (async () => {
          await refuseTaken(source, given[0]);
          await dry.mount(...given);
        })(),
      ),
    umount: async (...given) => {
      const plan = await planned(dry.umount(...given));
      if (plan.outcome === 'refused') return plan;
      const mount = await mountToGo(source, given[0]?.component);
      return mount === undefined ? notMounted(source) : { ...plan, ...mount };
    },
    resize: async (...given) => {
      const plan = await planned(dry.resize(...given));
      if (plan.outcome === 'refused') return plan;
      if (plan.command === 'mount') {
        const { clusterSize } = await runAsync(imageInfoOf(source));
        const input = { descriptor: source.descriptorPath, size: roundedUp(given[0], clusterSize) };
        return { outcome: 'called', command: 'resize', input, way: 'mounted-meanwhile' };
      }
      const mount = await mainMount(source);
      return mount === undefined
        ? { ...plan, way: 'offline' }
        : { ...plan, way: 'online', ...mount };
    },
    convert: (...given) => planned(dry.convert(...given)),
    check: (...given) => planned(dry.check(...given)),
    encrypt: (...given) => planned(dry.encrypt(...given)),
    temporarySnapshot: (...given) => planned(dry.temporarySnapshot(...given)),
    discard: async (...given) => {
      const plan = await planned(dry.discard(...given));
      if (plan.outcome === 'refused') return plan;
      const mount = await mainMount(source);
      if (mount === undefined) return given[0]?.automount === true ? plan : notMounted(source);
      return { ...plan, ...mount };
    },
    grow: (...given) => planned(dry.grow(...given)),
    dropCbt: (...given) => planned(dry.dropCbt(...given)),
    dumpCbt: (...given) => planned(dry.dumpCbt(...given)),
    sendCopy: (...given) => planned(dry.sendCopy(...given)),
  };
}

function notMounted({ descriptorPath }: Source): RefusedCall {
  return refused('DISK_NOT_MOUNTED', `${descriptorPath} is not mounted`);
}

function refused(reason: Refusal, message: string, hint?: string): RefusedCall {
  return { outcome: 'refused', reason, message, hint, diagnostics: [] };
}
