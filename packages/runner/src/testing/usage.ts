import {
  isOneOf,
  OPTIONS,
  SUBCOMMANDS,
  type Releases,
  type Version,
} from '@ploop/descriptor/releases';

import { commands } from '../commands/index.ts';
import { PRINTED } from '../release/printed.ts';
import { COMMANDS } from './commands/index.ts';

/** The subcommands that some release knows, and their groups. */
const NAMES: ReadonlySet<string> = new Set(
  Object.values(commands).flatMap(({ name }) => [name, name.split(' ', 1)[0] ?? name]),
);

/** Texts of usages, by subcommand. */
const PARTS: Readonly<Record<string, readonly (readonly [text: string, releases: Releases])[]>> = {
  '': [
    ['encrypt', PRINTED.encrypt],
    ['NEW_DELTA | DEVICE', PRINTED.newDeltaOrDevice],
    ['-L LABEL', PRINTED.label],
    ['tg-init DEVICE NAME', PRINTED.targetName],
    ['TG_BLOCKSIZE', PRINTED.targetBlockSize],
  ],
  balloon: [['status', PRINTED.balloonStatus]],
  check: [['D', PRINTED.checkDefragment]],
  init: [['xfs', PRINTED.initXfs]],
  replace: [['{-f FORMAT}', PRINTED.replaceFormat]],
  umount: [['\n       ploop umount DELTA', PRINTED.umountDelta]],
};

/** Whether a release has a subcommand, be it simulated or not. */
export function isKnown(subcommand: string, release: Version): boolean {
  const releases = SUBCOMMANDS[subcommand];
  return releases === undefined ? NAMES.has(subcommand) : isOneOf(release, releases);
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
