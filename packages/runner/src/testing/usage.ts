import {
  isOneOf,
  OPTIONS,
  SUBCOMMANDS,
  type Releases,
  type Version,
} from '@ploop/descriptor/releases';

import { COMMANDS } from './commands/index.ts';

/** The subcommands that all releases know, and those that some do. */
const EVERY_RELEASE: readonly string[] = [
  'balloon',
  'balloon change',
  'balloon discard',
  'balloon show',
  'check',
  'clear',
  'convert',
  'copy',
  'grow',
  'info',
  'init',
  'list',
  'merge',
  'mount',
  'replace',
  'resize',
  'rm',
  'snapshot',
  'snapshot-delete',
  'snapshot-list',
  'snapshot-merge',
  'snapshot-switch',
  'start',
  'stat',
  'stop',
  'tsnapshot',
  'umount',
];

/** Parts of usages that came with a release, as the probe of the runner looks for them. */
const PARTS: Readonly<Record<string, readonly (readonly [text: string, releases: Releases])[]>> = {
  '': [
    ['encrypt', [{ since: '7.0.49' }]],
    ['NEW_DELTA | DEVICE', [{ since: '7.0.53' }]],
    ['-L LABEL', OPTIONS['init']?.['-L'] ?? []],
    ['tg-init DEVICE NAME', [{ since: '8.0.87' }]],
    ['TG_BLOCKSIZE', [{ since: '9.0.12' }]],
  ],
  balloon: [['status', [{ since: '1', before: '8.0.26' }]]],
  check: [['D', [{ since: '7.0.174', before: '8' }, { since: '8.0.14' }]]],
  init: [['xfs', [{ since: '9.0.23' }]]],
  replace: [['{-f FORMAT}', [{ since: '9.0.8' }]]],
  umount: [['\n       ploop umount DELTA', [{ since: '1', before: '8' }]]],
};

/** Whether a release has a subcommand, be it simulated or not. */
export function isKnown(subcommand: string, release: Version): boolean {
  const releases = SUBCOMMANDS[subcommand];
  return releases === undefined ? EVERY_RELEASE.includes(subcommand) : isOneOf(release, releases);
}

/** Whether a release has an option of a subcommand. All that know the subcommand have those that stand in no table. */
export function isOption(subcommand: string, option: string, release: Version): boolean {
  const releases = OPTIONS[subcommand]?.[option];
  return releases === undefined || isOneOf(release, releases);
}

/** What the tool prints for a subcommand that it does not know: its usage as a whole, or that of a group. */
export function summary(subcommand: string, release: Version): string {
  const [group = '', own] = subcommand.split(' ');
  if (own !== undefined && isKnown(group, release)) return usage(group, release);
  return `Usage: ploop init ${partsOf('', release)}\n       ploop umount {-d DEVICE | -m MOUNT_POINT}\n`;
}

/** The usage of a subcommand. */
export function usage(subcommand: string, release: Version): string {
  const text = COMMANDS[subcommand]?.usage ?? 'ARGUMENTS';
  const [group = '', own] = subcommand.split(' ');
  const isGroup = own === undefined && ['cbt', 'volume', 'balloon'].includes(group);
  const program = isGroup || own !== undefined ? `ploop-${group}` : `ploop ${subcommand}`;
  const rest = isGroup ? '{ SUBCOMMAND }' : [own, text].filter(Boolean).join(' ');
  return `Usage: ${[program, rest, partsOf(subcommand, release)].join(' ').trimEnd()}\n`;
}

function partsOf(subcommand: string, release: Version): string {
  return (PARTS[subcommand] ?? [])
    .filter(([, releases]) => isOneOf(release, releases))
    .map(([text]) => text)
    .join(' ');
}
