import type { Releases } from './version.ts';

const BALLOON_STATE: Releases = [{ since: '1', before: '8.0.26' }];
const VOLUMES: Releases = [{ since: '7.0.95' }];
const BITMAPS: Releases = [{ since: '7.0.31' }];
const COMPARED_BITMAPS: Releases = [{ since: '7.0.202', before: '8' }, { since: '8.0.15' }];
const TARGETS: Releases = [{ since: '8.0.59' }];

/** The releases that know a subcommand; all from 1.11 on know those that are not here. Measured on 66 builds. */
export const SUBCOMMANDS: Readonly<Record<string, Releases>> = {
  'balloon check': BALLOON_STATE,
  'balloon clear': BALLOON_STATE,
  'balloon complete': BALLOON_STATE,
  'balloon repair': BALLOON_STATE,
  'balloon status': BALLOON_STATE,
  cbt: BITMAPS,
  'cbt cmp': COMPARED_BITMAPS,
  'cbt diff': COMPARED_BITMAPS,
  'cbt drop': BITMAPS,
  'cbt dump': BITMAPS,
  'cbt show': BITMAPS,
  degrade: [{ since: '9.0.28' }],
  encrypt: [{ since: '7.0.43' }],
  fscheck: [{ since: '7.0.265', before: '8' }, { since: '8.0.72' }],
  getdev: [{ since: '1', before: '8' }],
  'restore-descriptor': [{ since: '1.13' }],
  test: [{ since: '7.0.173', before: '8' }, { since: '8.0.14' }],
  'tg-deinit': TARGETS,
  'tg-init': TARGETS,
  'tg-status': TARGETS,
  volume: VOLUMES,
  'volume clone': VOLUMES,
  'volume create': VOLUMES,
  'volume delete': VOLUMES,
  'volume info': [{ since: '7.0.104' }],
  'volume snapshot': VOLUMES,
  'volume switch': VOLUMES,
  'volume tree': [{ since: '7.0.104' }],
};
