import { descriptorPath } from '../argv/paths.ts';
import type { Command } from '../command.ts';
import { parseSpec, type InfoResult } from './info.ts';

/** Input of `ploop info -s -d`. */
export interface InfoDeviceInput {
  readonly descriptor: string;
}

/** Result of `ploop info -s -d`. */
export interface InfoDeviceResult extends InfoResult {
  /** The device that the disk is mounted on. Mounts under a component name are not reported. */
  readonly device: string | undefined;
  /** The partition there; reported by 7.0.56 and later. */
  readonly partition: string | undefined;
}

// 1.15:         "size:\t\t131072\nblocksize:\t2048\nfmt_version:\t2\ndevice:\t\t/dev/ploop0\n"
// 7.0.56, 8, 9: then "partition:\t/dev/ploop0p1\n"
const DEVICE = /^([^]*?)device:\t+(\/dev\/\S+)?\n(?:partition:\t+(\/dev\/\S+)?\n)?$/;

/** What 7.0.83 to 8.0.75 say on stderr of a disk that is not mounted; 7.0.198 to 7.0.266 and from 8.0.15 on, of `is_luks`. */
const NOISE =
  /^Error in (?:has_partition|is_luks) \([\w.]+:\d+\): Can't open : No such file or directory$/;

/**
 * `ploop info -s -d`: the parameters of the top delta, and the device. Never `-d` alone: where the descriptor is locked,
 * unreadable or broken that reports no device, and exits with 0, in every release. Takes the lock of the disk, for up
 * to 60 seconds. Exit codes: as `info`; 12 the device is there but stopped, 4 a raw image in use.
 */
export const infoDevice: Command<InfoDeviceInput, InfoDeviceResult> = {
  name: 'info',
  verbosity: -1,
  mutates: false,
  disk: ({ descriptor }) => descriptor,
  argv: ({ descriptor }) => ['-s', '-d', descriptorPath(descriptor)],
  parse: (stdout, _input, { stderr = '' } = { stderr: '' }) => {
    const match = DEVICE.exec(stdout);
    const spec = parseSpec(match?.[1] ?? '');
    const [, , device, partition] = match ?? [];
    if (match === null || spec === undefined)
      return { expected: 'size, blocksize, fmt_version and device' };
    const complaints = stderr.split('\n').filter((line) => line !== '' && !NOISE.test(line));
    if (device === undefined && complaints.length > 0)
      return { expected: 'a device, or none and no complaint on stderr' };
    return { value: { ...spec, device, partition } };
  },
};
