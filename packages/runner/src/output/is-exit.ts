import { FUNCTIONS } from '../arguments/functions.ts';
import { requireCall } from '../arguments/require.ts';
import { ExitError, RefusedError } from '../errors/errors.ts';
import { ExitCode } from '../errors/exit-codes.ts';

/** Causes of causes that are looked at; a chain can be a circle. */
const DEEPEST_CAUSE = 32;

/**
 * Whether something thrown is a run that ended with the given exit code, or was caused by one: `isExit(error,
 * ExitCode.PARAM)`. Exit codes 1, 23 and 255 have several meanings; `retryable`, `hint` and `toolErrors` distinguishes them.
 *
 * @throws RefusedError `OPTION_INVALID` for an exit code that is not a number.
 */
export function isExit(error: unknown, exitCode: number): boolean {
  requireCall(FUNCTIONS.isExit, [error, exitCode]);
  return exitErrorsOf(error).some((exit) => exit.exitCode === exitCode);
}

/**
 * Whether something thrown is the tool saying that the image, device or mount point it was given is not mounted, in
 * any of its ways: exit code 40 for a descriptor, 38 with a text for an image and a mount point, 2, 5 or 255 for a device; or the call was
 * refused because the disk is on none.
 */
export function isNotMounted(error: unknown): boolean {
  const isRefused = errorsOf(error).some(
    (one) => one instanceof RefusedError && one.reason === 'DISK_NOT_MOUNTED',
  );
  return isRefused || exitErrorsOf(error).some((exit) => forms.some((applies) => applies(exit)));
}

function exitErrorsOf(error: unknown): readonly ExitError[] {
  return errorsOf(error).filter((one) => one instanceof ExitError);
}

function errorsOf(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  let current = error;
  for (let depth = 0; depth < DEEPEST_CAUSE && current instanceof Error; depth += 1) {
    chain.push(current);
    current = current.cause;
  }
  return chain;
}

const NOT_MOUNTED = /is not mounted|Unable to find ploop device by/;
const NO_SUCH_DEVICE = /No such (?:file or directory|device)/;

const isSilent = ({ stdout, stderr }: ExitError): boolean => (stdout + stderr).trim() === '';
const calls = ({ argv }: ExitError, ...words: readonly string[]): boolean =>
  words.every((word) => argv.includes(word, 1));
const umountsDevice = (exit: ExitError): boolean => calls(exit, 'umount', '-d');

/** One row a way in which the tool says so. */
const forms: readonly ((exit: ExitError) => boolean)[] = [
  ({ exitCode }) => exitCode === ExitCode.DEV_NOT_MOUNTED,
  ({ exitCode, stderr }) => exitCode === ExitCode.PARAM && NOT_MOUNTED.test(stderr),
  // `discard --stat` turns messages off; its usage errors have other codes.
  (exit) => exit.exitCode === ExitCode.PARAM && calls(exit, 'discard', '--stat') && isSilent(exit),
  // 1.15: no such device node; 7 says nothing at all; 9 without a device of device-mapper.
  (exit) =>
    exit.exitCode === ExitCode.DEVICE && umountsDevice(exit) && NO_SUCH_DEVICE.test(exit.stderr),
  (exit) => exit.exitCode === ExitCode.UNSPECIFIC && umountsDevice(exit) && isSilent(exit),
  (exit) =>
    exit.exitCode === ExitCode.MALLOC &&
    umountsDevice(exit) &&
    (isSilent(exit) || /device-mapper|No such device/.test(exit.stderr)),
];
