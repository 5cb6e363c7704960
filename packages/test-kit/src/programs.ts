import { spawnSync } from 'node:child_process';

const SBIN = ['/usr/sbin', '/sbin'];

/** Programs that judge what we read of disks, and how to see that one is there. */
const PROGRAMS: readonly (readonly [name: string, ...argv: string[]])[] = [
  ['mke2fs', '-V'],
  ['dumpe2fs', '-V'],
  ['mkfs.xfs', '-V'],
  ['xfs_db', '-V'],
  ['sfdisk', '--version'],
  ['sgdisk', '--version'],
];

/** `PATH` with the directories of system programs, which the one of a user lacks. */
export const systemPath: string = [process.env['PATH'], ...SBIN].join(':');

/** Which of the partitioners and file system tools are missing; `undefined` where none is. */
export const diskProgramsProblem: string | undefined = tryPrograms();

/** Whether partitioners and file system tools can be used. Tests that need them are skipped without, except with CI=true. */
export const hasDiskPrograms: boolean = diskProgramsProblem === undefined;

function tryPrograms(): string | undefined {
  const env = { ...process.env, PATH: systemPath };
  const missing = PROGRAMS.filter(
    ([name, ...argv]) => spawnSync(name, argv, { env, stdio: 'ignore' }).status !== 0,
  );
  return missing.length === 0 ? undefined : `no ${missing.map(([name]) => name).join(', ')}`;
}
