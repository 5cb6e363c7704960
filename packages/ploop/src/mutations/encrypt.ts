import {
  aFlag,
  anObject,
  aString,
  either,
  needed,
  oneOf,
  options,
} from '@ploop/descriptor/arguments';
import { runAsync } from '@ploop/descriptor/internal';
import type { CommandInput } from '@ploop/runner';

import { GUARDED } from '../arguments/rules.ts';
import { refuseMiswritten } from '../refusals/plan-refused.ts';
import { refuseDamaged } from '../refusals/refuse-damaged.ts';
import { refuseImages, writtenIn, type GuardOptions } from '../refusals/refuse-images.ts';
import { refuseMounted } from '../refusals/refuse-mounted.ts';
import { refuseOutside } from '../refusals/refuse-outside.ts';
import { refuseVolume } from '../refusals/refuse-volume.ts';
import type { MutationOptions } from '../run/run-target.ts';
import { currentState, type Source } from '../state/source.ts';
import { stateOf } from '../state/state.ts';
import type { Mutation } from './mutation.ts';

/** How a disk is encrypted. */
export interface EncryptOptions
  extends
    MutationOptions,
    GuardOptions,
    Pick<CommandInput<'encrypt'>, 'key' | 'copyData' | 'wipe'> {}

/** A disk that is encrypted, or not. */
export interface EncryptedDisk {
  /** The id of its key, read back from the descriptor; absent where it is not encrypted. */
  readonly keyId: string | undefined;
}

/** Encrypts a disk that is on no device, gives it another key, or decrypts it. Releases 7.0.43, 8.0.6 and later do so. */
async function encryptDisk(
  source: Source,
  { signal, allowLinked, allowRival, ...options }: EncryptOptions,
): Promise<EncryptedDisk> {
  const { descriptorPath: descriptor, runner } = source;
  const before = await runAsync(currentState(source));
  refuseDamaged(before);
  refuseVolume(before, 'encrypt');
  await refuseMiswritten(runner, before, 'encrypt');
  await refuseMounted(source, 'encrypt');
  const written = before.graph.nodes.flatMap(writtenIn);
  await refuseImages(source, before, written, {
    operation: 'encrypt',
    allowLinked,
    allowRival,
    signal,
  });
  await runner.encrypt({ descriptor, ...options }, { signal });
  const { encryptionKeyId: keyId } = (await runAsync(stateOf(descriptor))).descriptor;
  return { keyId };
}

const aKey = either(oneOf(['none']), anObject({ id: aString }));

/** `disk.encrypt`. */
export const encrypt: Mutation<[options: EncryptOptions], EncryptedDisk> = {
  rules: {
    options: needed(options({ ...GUARDED, key: needed(aKey), copyData: aFlag, wipe: aFlag })),
  },
  guard: refuseOutside,
  run: encryptDisk,
};
