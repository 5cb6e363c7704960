import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { promisify } from 'node:util';

import { loadVolumesSync } from '@ploop/descriptor/node';
import type { Version } from '@ploop/descriptor/releases';
import type { Exec, ExecOutcome } from '@ploop/runner';
import { temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import {
  PLACEHOLDER,
  VOLUMES,
  walk,
  type Contents,
  type VolumeStep,
  type Walked,
} from '../../descriptor/test/recorded/volume-scenarios.ts';
import {
  cloneVolume,
  createRunner,
  createVolume,
  deleteVolume,
  isPloopError,
  openDisk,
  snapshotVolume,
  switchVolume,
  volumeTree,
  type Disk,
  type Runner,
} from '../src/index.ts';
import { ASKED } from './asked.ts';
import { stageOf, type Stage } from './volume-replay.ts';

const MIB = 2 ** 20;

/** How a call went: done, refused before the tool was started, or failed as it did in the recording. */
type Fate =
  { readonly fate: 'done' | 'failed' } | { readonly fate: 'refused'; readonly reason: string };

/** What is called, with the words after the subcommand. */
interface Call {
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

const calls: Readonly<Record<string, (call: Call) => Promise<unknown>>> = {
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

/** What is refused although no recording shows a loss, and why. */
const STRICTER: Readonly<Record<string, string>> = {
  // It rewrites the tables of images that another volume may be using at that time.
  'convert -v': 'VOLUME_HAS_CHILDREN DISK_IS_VOLUME',
  'convert -f preallocated': 'VOLUME_HAS_CHILDREN',
  // It changes what must stay as it was.
  'grow -s': 'VOLUME_HAS_CHILDREN',
  // Nothing is done to a volume whose chain is broken.
  'volume delete': 'DISK_DAMAGED',
  // The volume continues from the parent of the other, not from that.
  'volume switch': 'VOLUME_IS_WRITABLE',
  // The tool does nothing, and exits with 0.
  'snapshot-merge -A': 'DISK_IS_VOLUME',
  'snapshot-merge': 'DISK_IS_VOLUME',
};

const NONE = { text: '', droppedBytes: 0 };
const ended = (exitCode: number, text = '', err = ''): ExecOutcome => ({
  exitCode,
  cancelled: false,
  timedOut: false,
  stdout: { text, droppedBytes: 0 },
  stderr: { ...NONE, text: err },
});

/** A tool that answers queries from the files, and does to them what the recording shows. */
function toolOf(stage: Stage, step: VolumeStep, started: () => void): Exec {
  const real = (text = ''): string => text.replaceAll(PLACEHOLDER, stage.root);
  const exec: Exec = async ({ file, argv }) => {
    if (file === 'flock') return ended(127);
    if (!file.endsWith('ploop'))
      return promisify(execFile)(file, argv).then(
        ({ stdout }) => ended(0, stdout),
        () => ended(1),
      );
    const [, command = ''] = argv;
    const path = argv.at(-1) ?? '';
    if (command === 'list') return ended(0);
    if (command === 'snapshot-list') return ended(0, rowsOf(path));
    if (command === 'info') return ended(0, 'size:\t\t32768\nblocksize:\t2048\nfmt_version:\t2\n');
    started();
    await stage.apply(step);
    return ended(step.exit ?? 0, real(step.stdout), real(step.stderr));
  };
  return Object.assign(exec, { isLocal: true });
}

function rowsOf(path: string): string {
  const { graph, directory } = loadVolumesSync(path, { confine: false });
  return (graph?.nodes ?? [])
    .map(({ guid, parentGuid, image, foreign }) => {
      const current = guid === graph?.top?.guid && foreign !== true ? '*' : ' ';
      const file = image?.file ?? '';
      return `${guid} ${parentGuid} ${current} ${file.startsWith('/') ? file : normalize(join(directory, file))}\n`;
    })
    .join('');
}

/** Whether the tool was started. */
interface Started {
  yes: boolean;
}

async function fateOf(stage: Stage, step: VolumeStep, release: Version): Promise<Fate | undefined> {
  const { argv = [] } = step;
  const [name = '', second = ''] = argv;
  const subcommand = name === 'volume' ? `${name} ${second}` : name;
  const call = calls[subcommand];
  if (call === undefined) return undefined;
  const words = argv.slice(name === 'volume' ? 2 : 1);
  const at = (index: number): string => (words.at(index) ?? '').replaceAll(PLACEHOLDER, stage.root);
  const started: Started = { yes: false };
  const runner = createRunner({
    ...ASKED,
    release: { from: release, to: release },
    exec: toolOf(stage, step, () => {
      started.yes = true;
    }),
  });
  const options = { runner, confine: stage.root };
  const disk = (): Promise<Disk> => openDisk(at(-1), options);
  let fate: Fate = { fate: 'done' };
  try {
    await call({ words, at, options, disk });
  } catch (error) {
    if (isPloopError(error) && error.code === 'REFUSED' && !started.yes)
      fate = { fate: 'refused', reason: (error as unknown as { readonly reason: string }).reason };
    else fate = { fate: 'failed' };
  }
  if (!started.yes) await stage.apply(step);
  return fate;
}

/** How a call differs from its recording; absent if it does not. */
function differenceOf({ step, lost }: Walked, fate: Fate): string | undefined {
  const argv = step.argv ?? [];
  if (lost.length > 0)
    return fate.fate === 'refused' ? undefined : `${fate.fate}, but loses ${lost.join()}`;
  if (fate.fate === 'refused') {
    if (step.exit !== 0) return undefined;
    const names = [3, 2, 1].map((count) => argv.slice(0, count).join(' '));
    const expected = names.map((name) => STRICTER[name]).find((one) => one !== undefined);
    return expected?.split(' ').includes(fate.reason) === true
      ? undefined
      : `refused: ${fate.reason}`;
  }
  const isDone = step.exit === 0;
  return isDone === (fate.fate === 'done')
    ? undefined
    : `${fate.fate}, but exits with ${String(step.exit)}`;
}

/** Whether a volume can be read, by what it reads as. */
function isReadable(content: Contents | undefined): boolean {
  return /^[0-9a-f]{12}$/.test(content?.['top'] ?? '');
}

/** How `snapshots()` and `images()` differ from what the tool lists and from whether the content can be read. */
async function readsDiffer(stage: Stage, { step, after }: Walked): Promise<readonly string[]> {
  const told: string[] = [];
  const { argv = [], exit, stdout = '', contents = {} } = step;
  const open = (volume: string): Promise<Disk> =>
    openDisk(join(stage.root, volume), { confine: stage.root });
  const listed = argv[0] === 'snapshot-list' && exit === 0 ? volumeOf(argv[1]) : undefined;
  if (listed !== undefined && isReadable(after.get(listed))) {
    const shots = await (await open(listed)).snapshots();
    const lines = shots.map(
      ({ parentGuid, current, guid, file }) =>
        `${parentGuid} ${current ? '*' : ' '} ${guid} ${normalize(file ?? '')}`,
    );
    const lists = stdout.replaceAll(PLACEHOLDER, stage.root).split('\n');
    if (lines.join('\n') !== lists.filter((line) => line.startsWith('{')).join('\n'))
      told.push(`snapshots() of ${listed}`);
  }
  for (const volume of Object.keys(contents).filter((name) => after.has(name))) {
    const files = await open(volume)
      .then((disk) => disk.images())
      .catch(() => undefined);
    const isThere = files?.every(({ file }) => existsSync(file)) ?? false;
    if (isThere !== isReadable(after.get(volume))) told.push(`images() of ${volume}`);
  }
  return told;
}

/** The name of a volume, by the path of its descriptor. */
function volumeOf(path = ''): string {
  return dirname(path).slice(PLACEHOLDER.length + 1);
}

/** A replay takes some ten seconds: three lines of releases if none are asked for. */
const SHARE: readonly Version[] = ['7.0.280', '8.0.75', '9.0.30'];
const SHOWN = VOLUMES.filter(
  ({ release }) => process.env['PLOOP_RECORDINGS'] !== undefined || SHARE.includes(release),
);

const rows: string[] = [];

test.each(SHOWN)(
  'volumes of $release: what loses data is refused, the rest is done',
  async ({ release, scenarios }) => {
    const differences: string[] = [];
    const numbers = { steps: 0, reads: 0, losses: 0, refused: 0, stricter: 0 };
    for (const [scenario, steps] of Object.entries(scenarios)) {
      const stage = stageOf(realpathSync(await temporaryDirectory()), release);
      for (const walked of walk(steps)) {
        const { step, at, lost } = walked;
        const fate = await fateOf(stage, step, release);
        if (fate === undefined) await stage.apply(step);
        else {
          numbers.steps += 1;
          if (lost.length > 0) numbers.losses += 1;
          if (fate.fate === 'refused' && lost.length > 0) numbers.refused += 1;
          if (fate.fate === 'refused' && lost.length === 0 && step.exit === 0)
            numbers.stricter += 1;
          const difference = differenceOf(walked, fate);
          if (difference !== undefined)
            differences.push(
              `${scenario} ${String(at)}: ${step.argv?.join(' ') ?? ''}: ${difference}`,
            );
        }
        numbers.reads += 1;
        for (const told of await readsDiffer(stage, walked))
          differences.push(`${scenario} ${String(at)}: ${told}`);
      }
    }
    rows.push(`${release} ${JSON.stringify({ ...numbers, differences: differences.length })}`);
    expect(differences).toEqual([]);
    expect(numbers.refused).toBe(numbers.losses);
    if (rows.length === SHOWN.length) console.info(rows.join('\n'));
  },
);
