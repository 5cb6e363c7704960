import { join } from 'node:path';

import { recordedText, recordedTexts } from '@ploop/test-kit';

import type { Version } from '../../src/releases/index.ts';

/** Stands in the recordings for the directory of the volumes. */
export const PLACEHOLDER = '$DIR';

/** What each GUID of a volume, and its top, reads as: a hash, or why it cannot be read. */
export type Contents = Readonly<Record<string, string>>;

/** A file by its size, a link by `->` and its target, nothing for a directory. */
export type RecordedFile = readonly [] | readonly [number, ...string[]] | readonly ['->', string];

/** One call of the tool, or a write to a volume. What did not change is absent, what is gone is `null`. */
export interface VolumeStep {
  readonly argv?: readonly string[];
  readonly exit?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly write?: unknown;
  readonly descriptors?: Readonly<Record<string, string | null>>;
  readonly files?: Readonly<Record<string, RecordedFile | null>>;
  readonly contents?: Readonly<Record<string, Contents | null>>;
}

/** What one release did to volumes. */
interface VolumeRecording {
  readonly release: Version;
  readonly scenarios: Readonly<Record<string, readonly VolumeStep[]>>;
}

const SCENARIOS = ['volumes', 'volumeDeletes', 'volumeHarm'];

/** The scenarios of volumes of some releases, or those in a directory and in those below it. */
export const VOLUMES: readonly VolumeRecording[] = recordings(process.env['PLOOP_RECORDINGS'])
  .map(({ release, scenarios = {} }) => ({ release, scenarios: chosen(scenarios) }))
  // A release without volumes has one step, which fails.
  .filter(({ scenarios }) => Object.values(scenarios).flat().length > 1);

function chosen(scenarios: VolumeRecording['scenarios']): VolumeRecording['scenarios'] {
  return Object.fromEntries(
    SCENARIOS.flatMap((name) => {
      const steps = scenarios[name];
      return steps === undefined ? [] : [[name, steps] as const];
    }),
  );
}

function recordings(
  directory: string | undefined,
): readonly (Omit<VolumeRecording, 'scenarios'> & Partial<VolumeRecording>)[] {
  if (directory === undefined)
    return JSON.parse(
      recordedText(join(import.meta.dirname, 'volumes.json.gz')),
    ) as readonly VolumeRecording[];
  return recordedTexts(directory).map((text) => JSON.parse(text) as VolumeRecording);
}

/** A step, and what it lost of what there was before it. */
export interface Walked {
  readonly at: number;
  readonly step: VolumeStep;
  /** The descriptors before it, by path. */
  readonly before: ReadonlyMap<string, string>;
  /** What volumes read as after it. */
  readonly after: ReadonlyMap<string, Contents>;
  /** Volumes that read otherwise afterwards, or not at all, although the call is not about them. */
  readonly lost: readonly string[];
}

/** Goes through a scenario. */
export function walk(steps: readonly VolumeStep[]): readonly Walked[] {
  let descriptors: ReadonlyMap<string, string> = new Map();
  let contents: ReadonlyMap<string, Contents> = new Map();
  return steps.map((step, at) => {
    const before = descriptors;
    const lost = step.argv === undefined ? [] : [...lostBy(step, contents), ...unusable(steps, at)];
    descriptors = withChanges(descriptors, step.descriptors);
    contents = withChanges(contents, step.contents);
    return { at, step, before, after: contents, lost };
  });
}

function withChanges<Value>(
  before: ReadonlyMap<string, Value>,
  changes: Readonly<Record<string, Value | null>> = {},
): ReadonlyMap<string, Value> {
  const after = new Map(before);
  for (const [name, value] of Object.entries(changes))
    if (value === null) after.delete(name);
    else after.set(name, value);
  return after;
}

/** What a call changes on purpose: the volume that is deleted, and the top of the one that is switched. */
const CHANGED: Readonly<Record<string, 'delete' | 'switch'>> = {
  'volume delete': 'delete',
  'volume switch': 'switch',
};

function lostBy(
  { argv = [], contents = {} }: VolumeStep,
  before: ReadonlyMap<string, Contents>,
): readonly string[] {
  const change = CHANGED[argv.slice(0, 2).join(' ')];
  const subject = argv[2]?.slice(PLACEHOLDER.length + 1);
  return Object.entries(contents).flatMap(([volume, now]) => {
    const then = before.get(volume);
    if (then === undefined || (change !== undefined && volume === subject)) return [];
    if (now === null) return [volume];
    const isChanged = Object.entries(then).some(
      ([guid, content]) => (guid === 'top' || guid in now) && now[guid] !== content,
    );
    return isChanged ? [volume] : [];
  });
}

const READING: ReadonlySet<string> = new Set(['check', 'snapshot-list', 'info', 'cbt']);

/** Volumes that the tool itself cannot read after a call, by the next calls that only look. */
function unusable(steps: readonly VolumeStep[], at: number): readonly string[] {
  if (READING.has(steps[at]?.argv?.[0] ?? '')) return [];
  const rest = steps.slice(at + 1);
  const end = rest.findIndex(({ argv }) => !READING.has(argv?.[0] ?? ''));
  return rest
    .slice(0, end < 0 ? undefined : end)
    .flatMap(({ argv = [], exit }) => (argv[0] === 'check' && exit !== 0 ? [argv[1] ?? ''] : []));
}
