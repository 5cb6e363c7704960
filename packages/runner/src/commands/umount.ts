import type { Releases } from '@ploop/descriptor/releases';

import { option } from '../argv/options.ts';
import { formOf, targetArguments, targetKey } from '../argv/target.ts';
import { componentName } from '../argv/texts.ts';
import { nothing, type Command } from '../command.ts';
import { RefusedError } from '../errors/errors.ts';

/** Input of `ploop umount`: what to unmount, named in one way. */
export type UmountInput =
  | {
      readonly descriptor: string;
      /** The name it was mounted under; a temporary snapshot's has a tilde before. */
      readonly component?: string | undefined;
    }
  | { readonly device: string }
  | { readonly mountPoint: string }
  | { readonly image: string };

const FORMS = ['descriptor', 'device', 'mountPoint', 'image'] as const;

/** The forms that not every release takes. */
const NEEDS: Readonly<
  Partial<Record<(typeof FORMS)[number], { readonly releases: Releases; readonly hint: string }>>
> = {
  // 9.0.25 to 9.0.30 take the one argument for none, and exit with 38.
  descriptor: {
    releases: [{ since: '1', before: '9.0.25' }, { since: '9.0.31' }],
    hint: 'Ask infoDevice for the device, and unmount that.',
  },
  image: {
    releases: [{ since: '1', before: '9' }],
    hint: 'Find the device with list, and unmount that.',
  },
};

/**
 * `ploop umount`: unmounts the file system and takes the deltas off the device. By descriptor it also stores what `info`
 * later reports about the file system. Exit codes: 40 not mounted; 38 not mounted, by image or mount point; 2, 255 or 5 no
 * such device; 22 (1) and 46 (7 and later) still busy, which takes 6 and 60 seconds to find out.
 */
export const umount: Command<UmountInput, void> = {
  name: 'umount',
  verbosity: 0,
  mutates: true,
  disk: targetKey,
  argv: (input) => {
    const form = formOf(input, FORMS);
    const component = 'component' in input ? input.component : undefined;
    return [
      ...option('-c', component === undefined ? undefined : componentName(component)),
      ...targetArguments(input, [form]),
    ];
  },
  needs: (input) => {
    const form = formOf(input, FORMS);
    const need = NEEDS[form];
    if (need === undefined) return [];
    const { releases, hint } = need;
    const refusal = (): RefusedError =>
      new RefusedError('NOT_IN_RELEASE', `this release cannot unmount by ${form}`, hint);
    return [{ releases, refusal }];
  },
  parse: nothing,
};
