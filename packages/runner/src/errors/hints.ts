import type { ExecOutcome } from '../exec/exec.ts';
import { ExitCode } from './exit-codes.ts';

interface Rule {
  readonly applies: (outcome: ExecOutcome, command: string) => boolean;
  readonly hint: string;
}

const CONFLICT = /(?:^|: )(?:The .* is locked: .+|Already locked by pid \d+)$/m;

/** Whether the tool gave up waiting for the lock of the disk: the one meaning of exit code 23 that passes by itself. */
export function isLockConflict({ exitCode, stderr }: ExecOutcome, command: string): boolean {
  return exitCode === ExitCode.LOCK && (command === 'flock' || CONFLICT.test(stderr.text));
}

const failedWith = (exitCode: number, text: RegExp): Rule['applies'] => {
  return (outcome) => outcome.exitCode === exitCode && text.test(outcome.stderr.text);
};

const hasNoDriver = failedWith(2, /ploop_minor/);

/** Exit code 1 without a word: how releases up to 1.15 fail over temporary snapshots. */
const isSilent = ({ exitCode, stderr }: ExecOutcome): boolean =>
  exitCode === 1 && !stderr.text.includes('Error in');
const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;
const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';
const isTooManyOpen = (error: unknown): boolean =>
  ['EMFILE', 'ENFILE'].includes(String(codeOf(error)));

/** The first rule that applies gives the hint. */
const rules: readonly Rule[] = [
  {
    applies: ({ spawnError }, command) => command === 'flock' && isMissing(spawnError),
    hint: 'Install flock (Debian and Ubuntu: apt-get install util-linux), which holds the lock of the disk.',
  },
  {
    applies: ({ spawnError }) => isMissing(spawnError),
    hint: 'Install the tool (Debian and Ubuntu: apt-get install ploop), or say where it is with `binary`.',
  },
  {
    applies: ({ spawnError }) => isTooManyOpen(spawnError),
    hint: 'Raise the limit of open files (`ulimit -n 4096`, or `LimitNOFILE=` of a systemd unit), or close files, then repeat the call.',
  },
  {
    applies: isLockConflict,
    hint: 'Another operation holds the lock of the disk; try again when it has ended.',
  },
  {
    applies: ({ stderr, exitCode }) =>
      exitCode !== 0 && /Permission denied|Read-only file system/.test(stderr.text),
    hint: 'The tool writes lock files beside the descriptor and in /var/lock/ploop, even to read; run it as root.',
  },
  {
    applies: failedWith(23, /Can't parse|Invalid disk descriptor|Validation of|Invalid block size/),
    hint: 'The descriptor is broken; ploop-inspect show says where.',
  },
  {
    applies: (outcome, command) => command === 'init' && hasNoDriver(outcome, command),
    hint: 'The kernel has no ploop driver: only disks without a file system can be made here (fileSystem: none).',
  },
  {
    applies: hasNoDriver,
    hint: 'The kernel has no ploop driver. Run this on a host of OpenVZ or Virtuozzo; to read the disk here, export it with `ploop-inspect export`.',
  },
  {
    applies: (outcome, command) => command === 'snapshot-delete' && isSilent(outcome),
    hint: 'The snapshot is marked temporary already and goes when all but one of its children have gone.',
  },
  {
    applies: ({ exitCode }, command) =>
      command === 'cbt show' && (exitCode === ExitCode.READ || exitCode === ExitCode.PLOOPFMT),
    hint: 'The tool fails like this after cbt drop, when there is no bitmap, and if the image cannot be read.',
  },
  {
    applies: (outcome, command) => command === 'snapshot' && isSilent(outcome),
    hint: 'Releases up to 1.15 fail like this while a temporary snapshot has two children: delete one of them.',
  },
];

/** What to do about a failure, where that is known. */
export function hintFor(outcome: ExecOutcome, command: string): string | undefined {
  return rules.find(({ applies }) => applies(outcome, command))?.hint;
}
