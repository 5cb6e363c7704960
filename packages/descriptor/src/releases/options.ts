import type { Releases } from './version.ts';

const NO_PARTITION: Releases = [{ since: '7.0.198', before: '8' }, { since: '8.0.15' }];
const DEFRAGMENT: Releases = [{ since: '7.0.166', before: '8' }, { since: '8.0.14' }];
const LIVE: Releases = [{ since: '7.0.193', before: '8' }];
const OLD_COPY: Releases = [
  { since: '1', before: '7.0.235' },
  { since: '8', before: '8.0.15' },
];

/**
 * The releases whose getopt knows an option of a subcommand; all from 1.11 on that know the
 * subcommand know those that are not here. Measured on 66 builds; between two of them, the release that its changes name.
 */
export const OPTIONS: Readonly<Record<string, Readonly<Record<string, Releases>>>> = {
  'balloon discard': {
    '--defrag': [{ since: '1.15', before: '7' }, { since: '7.0.12' }],
    '--defrag-only': [{ since: '7.0.159' }],
    '--image-defrag-threshold': [{ since: '7.0.256', before: '8' }, { since: '8.0.30' }],
  },
  check: {
    '-D': DEFRAGMENT,
    '--defrag': DEFRAGMENT,
    '--live-check-bat': LIVE,
    '--live-sync-bat': LIVE,
    '-v': [{ since: '7.0.260', before: '8' }],
    '--verbose': [{ since: '7.0.260', before: '8' }],
  },
  copy: {
    '-F': OLD_COPY,
    '-f': [{ since: '1.12', before: '7.0.235' }, ...OLD_COPY.slice(1)],
    '-i': [{ since: '1.12' }],
    '-o': [{ since: '1.12' }],
    '-s': [{ since: '1', before: '8' }, { since: '8.0.15' }],
    '-t': [{ since: '8.0.98' }],
  },
  encrypt: { '-r': [{ since: '7.0.58' }] },
  grow: { '-S': [{ since: '7.0.124' }], '--sparse': [{ since: '7.0.124' }] },
  info: {
    '-b': [{ since: '7.0.175', before: '8' }, { since: '8.0.14' }],
    '-d': [{ since: '1.12' }],
  },
  init: {
    '-k': [{ since: '7.0.43' }],
    '-L': [{ since: '7.0.88' }],
    '--nolazy': [{ since: '1.14' }],
    '-n': [{ since: '1.14' }],
    '-P': NO_PARTITION,
    '-S': [{ since: '7.0.121' }],
    '--sparse': [{ since: '7.0.121' }],
    '-T': [{ since: '8.0.71' }],
  },
  list: { '-f': [{ since: '8.0.25' }] },
  merge: { '-n': [{ since: '1.13' }] },
  mount: {
    '-a': [{ since: '9.0.25' }],
    '-n': [{ since: '7.0.274', before: '8' }, { since: '9.0.6' }],
    '-q': [{ since: '8.0.61' }],
  },
  replace: {
    '-f': [{ since: '7.0.123' }],
    '-k': [{ since: '1.13' }],
    '--keep-name': [{ since: '1.13' }],
    '-w': [{ since: '7.0.123' }],
    '--read-write': [{ since: '7.0.123' }],
  },
  resize: { '-o': NO_PARTITION, '-p': [{ since: '8.0.73' }] },
  snapshot: { '-b': [{ since: '7.0.31' }], '-o': [{ since: '7.0.84' }] },
  'snapshot-merge': { '-n': [{ since: '1.13' }], '-U': [{ since: '1.14', before: '7' }] },
};
