import type { Releases } from '@ploop/descriptor/releases';

/** Why an option that releases know is not offered. */
export interface Unoffered {
  readonly why: string;
  /** Those for which it is not. Default: all that know it. */
  readonly releases?: Releases | undefined;
}

const OLD_DRIVER: Unoffered = {
  why: 'for devices of the old driver, which these releases do not make.',
  releases: [{ since: '8' }],
};
const OLD_DRIVER_9: Unoffered = { ...OLD_DRIVER, releases: [{ since: '9' }] };
const LONG = 'a long name. The short one means the same.';

/** Options that a recorded release knows and that no command gives to it, by subcommand and option. */
export const UNOFFERED_OPTIONS: Readonly<Record<string, Unoffered>> = {
  'cbt diff -b': { why: 'its unit is not measured. Without it the tool takes its own.' },
  'check --blocksize': { why: LONG },
  'check --check': { why: LONG },
  'check --defrag': { why: LONG },
  'check --drop-inuse': { why: LONG },
  'check --force': { why: LONG },
  'check --hard-force': { why: LONG },
  'check --raw': { why: LONG },
  'check --repair-sparse': { why: LONG },
  'check --ro': { why: LONG },
  'check --silent': { why: LONG },
  'check --uuid': { why: LONG },
  'check --live-check-bat': {
    why: 'asks the driver of release 7 about a running disk, and was never tried.',
  },
  'check --live-sync-bat': {
    why: 'has the driver of release 7 write its table, and was never tried.',
  },
  'check --verbose': { why: LONG },
  'check -v': { why: 'prints more lines for people. The report has those without it.' },
  'clear -d': OLD_DRIVER_9,
  'copy -F': { why: 'has a shell run a text. Freeze the file system before.' },
  'copy -f': {
    why: 'a third stream for what the receiver answers, which releases from 7.0.235 on have no more.',
  },
  'copy -t': { why: 'has no effect.' },
  'degrade -d': { why: 'has every later access to the device fail.' },
  'delete -d': { why: 'another name of `rm`.' },
  'delete -l': { why: 'another name of `rm`.' },
  'grow --sparse': { why: LONG },
  'info -b': {
    why: 'prints the block table in log lines. `describeImage` reads it from the image.',
  },
  'init --sparse': { why: LONG },
  'init -n': {
    why: 'takes the next argument with it in 7.0.49 to before 7.0.121. `--nolazy` means the same.',
  },
  'merge -A': { why: 'is accepted and ignored.' },
  'merge -u': { why: 'is accepted and ignored.' },
  'merge -d': OLD_DRIVER,
  'merge -l': OLD_DRIVER,
  'mount -a': { why: 'crashes (SIGSEGV) unless all files are qcow2 images.' },
  'replace --keep-name': { why: LONG },
  'replace --read-write': { why: LONG },
  'replace -d': { why: 'replaces an image that the descriptor goes on naming.' },
  'replace -m': { why: 'replaces an image that the descriptor goes on naming.' },
  'rm -d': OLD_DRIVER_9,
  'rm -l': OLD_DRIVER_9,
  'snapshot -F': { why: 'only syncs the file system for `-d`, which is not offered.' },
  'snapshot -d': { why: 'adds a delta to a device that the descriptor does not know of.' },
  'snapshot-list --id': { why: LONG },
  'snapshot-list --no-header': { why: LONG },
  'snapshot-list --output': { why: LONG },
  'snapshot-list --snapshot': { why: 'swallows the next argument, unlike `-s`.' },
  'snapshot-list --uuid': { why: LONG },
  'snapshot-list -h': { why: 'prints the usage.' },
  'snapshot-merge -n': {
    why: 'merges nothing before 8.0.25, fails from then on, and with `-A` loses snapshots from 9.0.4 on.',
    releases: [{ since: '8' }],
  },
  'snapshot-switch -D': { why: 'writes the top into the descriptor twice, with exit code 0.' },
  'start -d': OLD_DRIVER_9,
  'stat -c': OLD_DRIVER,
  'stat -d': OLD_DRIVER,
  'stat -l': OLD_DRIVER,
  'stop -d': OLD_DRIVER_9,
  'umount -c': {
    why: 'needs the descriptor, for which these releases print their usage. Unmount the device.',
    releases: [{ since: '9.0.25' }],
  },
  'volume create --size': { why: LONG },
  'volume create -B': { why: 'was never tried. Without it the tool takes its own.' },
  'volume create -n': { why: 'takes the next argument with it.' },
  'volume create -v': { why: 'was never tried. `convert` gives the disk another version.' },
};
