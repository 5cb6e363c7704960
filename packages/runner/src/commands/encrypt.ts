import { requireOption } from '../arguments/require.ts';
import { flag } from '../argv/options.ts';
import { descriptorPath } from '../argv/paths.ts';
import { freeText } from '../argv/texts.ts';
import { aKey } from '../argv/values.ts';
import { nothing, type Command } from '../command.ts';
import { encryptedWith } from '../effect/disks.ts';
import { refuseVolume } from '../guards/refuse-volume.ts';
import { refusePlanned } from '../harm/refuse-planned.ts';
import { refuseNamed } from './shared/in-use.ts';

/** Input of `ploop encrypt`. */
export interface EncryptInput {
  readonly descriptor: string;
  /** The id of the new key, or `none` to decrypt the disk. */
  readonly key: { readonly id: string } | 'none';
  /** Copies the data of an encrypted disk too. Default: an encrypted disk only gets another key. */
  readonly copyData?: boolean | undefined;
  /** Overwrites the data that was copied. */
  readonly wipe?: boolean | undefined;
}

/**
 * `ploop encrypt`: encrypts a disk, gives it another key, or decrypts it. The disk must not be mounted. Exit codes: 38
 * parameters, 45 encryption failed.
 */
export const encrypt: Command<EncryptInput, void> = {
  name: 'encrypt',
  verbosity: 0,
  mutates: true,
  disk: ({ descriptor }) => descriptor,
  argv: ({ descriptor, key, copyData, wipe }) => [
    '-k',
    keyText(key),
    ...flag('-r', copyData),
    ...flag('-w', wipe),
    descriptorPath(descriptor),
  ],
  guard: async ({ descriptor }, context) => {
    await refuseVolume('encrypt', descriptor, context);
    await refusePlanned('encrypt', { descriptor }, context);
    await refuseNamed(descriptor, context);
  },
  effect: encryptedWith,
  parse: nothing,
};

function keyText(key: EncryptInput['key']): string {
  requireOption('key', key, aKey);
  return key === 'none' ? '' : freeText(key.id);
}
