import { bytes, SECTOR_SIZE } from '@ploop/descriptor';
import type { Steps } from '@ploop/descriptor/internal';

import { attribute, namesIn, numberAttribute } from '../io/kernel-files.ts';
import type { Roots } from '../io/roots.ts';
import type { DriverFacts } from './device.ts';

/** What the tool of releases 8 and 9 calls its devices. */
const PLOOP_NAME = /^ploop\d+$/;

/** Whether an entry of `/sys/block` is one of device-mapper, of whatever target. */
export function isMapped(name: string): boolean {
  return name.startsWith('dm-');
}

/** The name of a mapped device below `/dev/mapper`; `undefined` where it goes. */
export function mapperName(sys: string, name: string): Steps<string | undefined> {
  return attribute(`${sys}/block/${name}/dm/name`);
}

/**
 * A mapped ploop device; `undefined` for any other. Its images the kernel reports to root only, by an ioctl that Node does not
 * have.
 */
export function* mappedDevice(
  { sys, run }: Pick<Roots, 'sys' | 'run'>,
  name: string,
): Steps<DriverFacts | undefined> {
  const given = yield* mapperName(sys, name);
  if (given === undefined || !PLOOP_NAME.test(given)) return undefined;
  const directory = `${sys}/block/${name}`;
  const size = yield* numberAttribute(`${directory}/size`);
  const number = yield* attribute(`${directory}/dev`);
  if (size === undefined || number === undefined) return undefined;
  return {
    device: `/dev/mapper/${given}`,
    kernelName: name,
    generation: 'device-mapper',
    number,
    component: yield* componentOf(run, given),
    running: (yield* attribute(`${directory}/dm/suspended`)) !== '1',
    readonly: (yield* attribute(`${directory}/ro`)) === '1',
    size: bytes(size * SECTOR_SIZE),
    images: undefined,
  };
}

/** Component names are empty files, `ploop1:NAME`. */
function* componentOf(run: string, device: string): Steps<string> {
  const prefix = `${device}:`;
  const registered = (yield* namesIn(`${run}/ploop`)) ?? [];
  return registered.find((file) => file.startsWith(prefix))?.slice(prefix.length) ?? '';
}
