import { exclusively } from '../run/exclusively.ts';
import type { MutationOptions } from '../run/run-target.ts';
import type { Source } from '../state/source.ts';
import { dropCbt, dumpCbt } from './cbt.ts';
import { check } from './check-disk.ts';
import { convert } from './convert.ts';
import { sendCopy } from './copy-top.ts';
import { deleteSnapshot } from './delete-snapshot.ts';
import { discard } from './discard.ts';
import { encrypt } from './encrypt.ts';
import { grow } from './grow.ts';
import { mergeSnapshot } from './merge-snapshot.ts';
import { mount } from './mount.ts';
import type { Mutation } from './mutation.ts';
import { replace } from './replace.ts';
import { resize } from './resize.ts';
import { setMaxDeltaSize } from './set-max-delta-size.ts';
import { snapshot } from './snapshot.ts';
import { switchSnapshot } from './switch-snapshot.ts';
import { temporarySnapshot } from './temporary-snapshot.ts';
import { umount } from './umount.ts';

/** What changes a disk: a row each, under the name of its method. */
export const mutations = {
  mount,
  umount,
  resize,
  replace,
  snapshot,
  switchSnapshot,
  deleteSnapshot,
  mergeSnapshot,
  convert,
  check,
  encrypt,
  temporarySnapshot,
  discard,
  grow,
  setMaxDeltaSize,
  dropCbt,
  dumpCbt,
  sendCopy,
};

/** The name of a mutation. */
export type MutationName = keyof typeof mutations;

/** What a mutation is given. */
export type Given<Name extends MutationName> = (typeof mutations)[Name]['run'] extends (
  source: Source,
  ...given: infer Arguments
) => unknown
  ? Arguments
  : never;

type ResultOf<Name extends MutationName> = Awaited<ReturnType<(typeof mutations)[Name]['run']>>;

/** The mutations of a disk. */
export type Mutations = {
  readonly [Name in MutationName]: (...given: Given<Name>) => Promise<ResultOf<Name>>;
};

/** A row whose types are those of its method. */
export type AnyMutation = Mutation<readonly unknown[], unknown>;

/** The rows, by their names. */
export const rows = Object.entries(mutations) as unknown as readonly (readonly [
  MutationName,
  AnyMutation,
])[];

/** The mutations of the disk that a source is of. They change a disk one after the other. */
export function mutationsOf(source: Source): Mutations {
  const bound = rows.map(([name, { rules, guard, run, turns }]) => {
    const method = (...given: readonly unknown[]): Promise<unknown> => {
      const options = given[Object.keys(rules).length - 1] as MutationOptions | undefined;
      const work = async (traced: Source): Promise<unknown> => {
        await guard(traced);
        return run(traced, ...given);
      };
      return exclusively(source, work, options, turns);
    };
    return [name, method] as const;
  });
  return Object.fromEntries(bound) as unknown as Mutations;
}
