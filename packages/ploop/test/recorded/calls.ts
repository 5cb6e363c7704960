import { parseGuid } from '@ploop/descriptor';
import { commands } from '@ploop/runner';

import {
  cloneVolume,
  createVolume,
  deleteVolume,
  snapshotVolume,
  switchVolume,
  volumeTree,
  type Disk,
  type Runner,
} from '../../src/index.ts';

const MIB = 2 ** 20;

/** What is called, with the words after the subcommand. */
export interface Call {
  readonly words: readonly string[];
  readonly at: (index: number) => string;
  readonly options: { readonly runner: Runner; readonly confine: string };
  readonly disk: () => Promise<Disk>;
}

const valueOf = (words: readonly string[], option: string): string | undefined =>
  words.includes(option) ? words[words.indexOf(option) + 1] : undefined;

const copy = ({
  at,
  options,
}: Call): { source: string; target: string; runner: Runner; confine: string } => ({
  source: at(-2),
  target: at(-1),
  ...options,
});

/** Recorded subcommands as calls of the facade. */
export const calls: Readonly<Record<string, (call: Call) => Promise<unknown>>> = {
  'volume create': ({ words, at, options }) =>
    createVolume({
      directory: at(-1),
      size: 16 * MIB,
      ...(words.includes('--image') && { image: at(words.indexOf('--image') + 1) }),
      ...(words.includes('raw') && { format: 'raw' }),
      ...options,
    }),
  'volume clone': (call) => cloneVolume(copy(call)),
  'volume snapshot': (call) => snapshotVolume(copy(call)),
  'volume switch': ({ at, options }) => switchVolume({ from: at(-2), to: at(-1), ...options }),
  'volume delete': ({ at, options }) => deleteVolume(at(-1), options),
  'volume tree': ({ at, options }) => volumeTree(at(-1), options),
  'volume info': ({ at, options: { runner } }) => runner.volumeInfo({ volume: at(-1) }),
  convert: async ({ words, disk }) => {
    const version = valueOf(words, '-v');
    const format = valueOf(words, '-f') as 'raw' | 'preallocated';
    return (await disk()).convert(version === undefined ? { format } : { version: 1 });
  },
  grow: async ({ disk }) => (await disk()).grow(32 * MIB),
  resize: async ({ disk }) => (await disk()).resize(32 * MIB),
  encrypt: async ({ disk }) => (await disk()).encrypt({ key: { id: 'x' } }),
  check: async ({ disk }) => (await disk()).check(),
  snapshot: async ({ words, disk }) => (await disk()).snapshot({ guid: valueOf(words, '-u') }),
  'snapshot-merge': async ({ words, at, options: { runner }, disk }) =>
    words.includes('-A')
      ? runner.snapshotMerge({ descriptor: at(-1), all: true })
      : (await disk()).mergeSnapshot(),
  'snapshot-delete': async ({ words, disk }) =>
    (await disk()).deleteSnapshot(valueOf(words, '-u') ?? '', { discardTop: true }),
};

/** Recorded subcommands of which some lose data, as calls of the runner alone that stop before the start. */
export const bareCalls: Readonly<Record<string, (call: Call) => Promise<void>>> = {
  convert: ({ words, at, options: { runner } }) =>
    runner.preflight(commands.convert, {
      descriptor: at(-1),
      format: valueOf(words, '-f') as 'raw' | 'preallocated',
    }),
  snapshot: ({ at, options: { runner } }) =>
    runner.preflight(commands.snapshot, { descriptor: at(-1) }),
  'snapshot-merge': ({ words, at, options: { runner } }) =>
    runner.preflight(commands.snapshotMerge, { descriptor: at(-1), all: words.includes('-A') }),
  'snapshot-delete': ({ words, at, options: { runner } }) => {
    const guid = parseGuid(valueOf(words, '-u') ?? '');
    if (guid === undefined) throw new TypeError('a recording without GUID');
    const input = { descriptor: at(-1), guid, discardTop: true };
    return runner.preflight(commands.snapshotDelete, input);
  },
  'volume delete': ({ at, options: { runner } }) =>
    runner.preflight(commands.volumeDelete, { volume: at(-1) }),
};
