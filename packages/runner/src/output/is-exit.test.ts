import { describe, expect, test } from 'vitest';

import { ExitError } from '../errors/errors.ts';
import { ExitCode, exitNameOf } from '../errors/exit-codes.ts';
import { NO_RUN } from '../errors/run-facts.ts';
import { isExit, isNotMounted } from './is-exit.ts';

const exit = (exitCode: number, argv: string, stderr = '', stdout = ''): ExitError =>
  new ExitError(exitCode, exitNameOf(exitCode), {
    ...NO_RUN,
    argv: ['ploop', '-v0', ...argv.split(' ')],
    stdout,
    stderr,
  });

describe('isExit', () => {
  const error = exit(38, 'check /p/DiskDescriptor.xml');

  test('looks at the error and at its causes', () => {
    expect(isExit(error, ExitCode.PARAM)).toBe(true);
    expect(isExit(error, ExitCode.LOCK)).toBe(false);
    expect(isExit(new Error('outer', { cause: error }), 38)).toBe(true);
  });

  test('returns false for what is not a run, and ends on a circle of causes', () => {
    const circle = new Error('circle');
    circle.cause = circle;
    for (const thrown of [circle, undefined, 38, { exitCode: 38 }])
      expect(isExit(thrown, 38)).toBe(false);
  });
});

// Literal outputs of 1.15, 7.0.280 and 9.0.30.
const NO_DEVICE =
  "Error in read_line (util.c:151): Can't open or read /sys/block/ploop0/dev: No such file or directory\n" +
  "Error in ploop_stop_device (ploop.c:2227): Can't open dev /dev/ploop0: No such device or address\n";
const NO_DEVICE_MAPPER =
  '/dev/mapper/control: open failed: No such device\nFailure to communicate with kernel device-mapper driver.\n';

test.each<[ExitError, boolean]>([
  [
    exit(
      40,
      'umount /p/DiskDescriptor.xml',
      'Error in ploop_umount_image (ploop.c:2294): Image /p/root.hdd is not mounted\n',
    ),
    true,
  ],
  [exit(38, 'umount /p/root.hdd', 'Image /p/root.hdd is not mounted\n'), true],
  [exit(38, 'umount -m /x', 'Unable to find ploop device by /x\n'), true],
  [
    exit(
      38,
      'balloon show -m /x',
      'Unable to find ploop device by /x\nUsage: ploop-balloon show …\n',
    ),
    true,
  ],
  [
    exit(
      38,
      'balloon show /p/DiskDescriptor.xml',
      'The image is not mounted\nUsage: ploop-balloon show …\n',
    ),
    true,
  ],
  [
    exit(
      38,
      'balloon discard /p/DiskDescriptor.xml',
      'Error in ploop_discard (balloon.c:1322): Unable to discard: image is not mounted\n',
    ),
    true,
  ],
  [exit(38, 'balloon discard --stat /p/DiskDescriptor.xml'), true],
  [exit(2, 'umount -d /dev/ploop0', NO_DEVICE, 'Unmounting device /dev/ploop0\n'), true],
  [exit(255, 'umount -d /dev/ploop0'), true],
  [exit(5, 'umount -d /dev/mapper/ploop1', NO_DEVICE_MAPPER), true],
  // What it does not say.
  [exit(38, 'umount', 'Usage: ploop umount -d DEVICE\n'), false],
  [exit(38, 'balloon discard /p/DiskDescriptor.xml'), false],
  [
    exit(
      2,
      'umount -d /dev/ploop0',
      "Error in f (g.c:1): Can't open dev /dev/ploop0: Permission denied\n",
    ),
    false,
  ],
  [exit(2, 'mount /p/DiskDescriptor.xml', NO_DEVICE), false],
  [exit(255, 'info /p/DiskDescriptor.xml'), false],
  [exit(5, 'umount -d /dev/ploop0', 'Error in f (g.c:1): Out of memory\n'), false],
  [exit(22, 'umount /p/DiskDescriptor.xml', 'Failed to umount /mnt: Device busy\n'), false],
])('not mounted, or not: %s', (error, expected) => {
  expect(isNotMounted(error)).toBe(expected);
  expect(isNotMounted(new Error('outer', { cause: error }))).toBe(expected);
});
