import { descriptorPath } from '../argv/paths.ts';
import type { Command } from '../command.ts';
import { reportLines } from '../errors/one-line.ts';
import { refuseVolume } from '../guards/refuse-volume.ts';
import { refuseNamed } from './shared/in-use.ts';

/** Input of `ploop fscheck`. */
export interface FscheckInput {
  readonly descriptor: string;
}

/** Result of `ploop fscheck`. */
export interface FscheckResult {
  readonly clean: boolean;
  /** What was said, line by line. */
  readonly report: readonly string[];
}

// 7.0.265, 8.0.72, 9: "Checking fs on /dev/ploop0p1..." and "No error found on /dev/ploop0p1", or on stderr
// "File system check failed", with exit code 0 either way
const CLEAN = /^(?:\[ *\d+\.\d+\] )?No error found on \S+$/m;
const FAILED = /^(?:\[ *\d+\.\d+\] |Error in .*: )?File system check failed/m;

/**
 * `ploop fscheck`: checks the file system of a disk, mounted or not, on a temporary snapshot; repairs nothing. The exit
 * code is 0 for a damaged file system too. Exit codes: as `tsnapshot`.
 */
export const fscheck: Command<FscheckInput, FscheckResult> = {
  name: 'fscheck',
  verbosity: 0,
  mutates: true,
  disk: ({ descriptor }) => descriptor,
  argv: ({ descriptor }) => [descriptorPath(descriptor)],
  guard: async ({ descriptor }, context) => {
    await refuseVolume('fscheck', descriptor, context);
    await refuseNamed(descriptor, context);
  },
  parse: (stdout, _input, { stderr } = { stderr: '' }) => {
    const clean = CLEAN.test(stdout);
    if (clean === FAILED.test(stderr))
      return { expected: 'that no error was found, or that the check failed' };
    const report = reportLines(`${stdout}\n${stderr}`);
    return { value: { clean, report } };
  },
};
