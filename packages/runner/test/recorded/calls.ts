import { join } from 'node:path';

import type { Version } from '@ploop/descriptor/releases';
import { recordedText, recordedTexts } from '@ploop/test-kit';

/** What there is at a moment: descriptors with their text, and the other files. By absolute path. */
export interface Files {
  readonly descriptors: ReadonlyMap<string, string>;
  readonly others: ReadonlySet<string>;
}

/** One recorded call of a release. */
export interface Call {
  readonly release: Version;
  /** The recording and the step. */
  readonly where: string;
  readonly argv: readonly string[];
  /** As shells say it. */
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly before: Files;
  readonly after: Files;
}

/** What did not change is absent; `null` is gone. */
interface Step {
  readonly argv?: readonly string[];
  readonly exit?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Of the one disk of a life. */
  readonly descriptor?: string | null;
  readonly descriptors?: Readonly<Record<string, string | null>>;
  /** Of a life: all of them. Of a scenario: those that changed. */
  readonly files?: Readonly<Record<string, unknown>>;
}

interface Recording {
  readonly release: Version;
  readonly scenarios?: Readonly<Record<string, readonly Step[]>>;
  readonly lives?: readonly { readonly seed: number; readonly steps: readonly Step[] }[];
}

/** Stands in the recordings for the directory of the disks. */
const PLACEHOLDER = '$DIR';
const DIRECTORY = '/recorded';

const RECORDINGS = recordings(process.env['PLOOP_RECORDINGS']).filter(
  ({ scenarios, lives }) => scenarios !== undefined || lives !== undefined,
);

/** The releases of which some calls were recorded, or those in a directory and in the ones below it. */
export const CALLED: readonly Version[] = [...new Set(RECORDINGS.map(({ release }) => release))];

/** The calls of a release. Each knows all files around it: those of all releases at a time would fill the memory. */
export function recordedCalls(wanted: Version): readonly Call[] {
  return RECORDINGS.filter(({ release }) => release === wanted).flatMap(callsOf);
}

function recordings(directory: string | undefined): readonly Recording[] {
  if (directory === undefined)
    return read(recordedText(join(import.meta.dirname, 'calls.json.gz'))) as readonly Recording[];
  return recordedTexts(directory).map((text) => read(text) as Recording);
}

function read(text: string): unknown {
  return JSON.parse(text.replaceAll(PLACEHOLDER, DIRECTORY));
}

function callsOf({ release, scenarios = {}, lives = [] }: Recording): readonly Call[] {
  return [
    ...Object.entries(scenarios).flatMap(([name, steps]) => played(release, name, steps, false)),
    ...lives.flatMap(({ seed, steps }) => played(release, `life ${String(seed)}`, steps, true)),
  ];
}

function played(
  release: Version,
  name: string,
  steps: readonly Step[],
  isLife: boolean,
): readonly Call[] {
  const calls: Call[] = [];
  let before: Files = { descriptors: new Map(), others: new Set() };
  for (const [index, step] of steps.entries()) {
    const after = {
      descriptors: changedTexts(before.descriptors, step),
      others: changedFiles(before.others, step, isLife),
    };
    const { argv, exit, stdout = '', stderr = '' } = step;
    const where = `${release} ${name} ${String(index)}: ${argv?.join(' ') ?? ''}`;
    if (argv !== undefined && exit !== undefined)
      calls.push({ release, where, argv, exit, stdout, stderr, before, after });
    before = after;
  }
  return calls;
}

function changedTexts(
  known: Files['descriptors'],
  { descriptor, descriptors = {} }: Step,
): Files['descriptors'] {
  const all =
    descriptor === undefined ? descriptors : { ...descriptors, 'DiskDescriptor.xml': descriptor };
  const texts = new Map(known);
  for (const [name, text] of Object.entries(all)) {
    if (text === null) texts.delete(join(DIRECTORY, name));
    else texts.set(join(DIRECTORY, name), text);
  }
  return texts;
}

function changedFiles(known: Files['others'], { files = {} }: Step, isAll: boolean): Files['others'] {
  const isListed = Object.keys(files).length > 0;
  const others = new Set(isAll && isListed ? [] : known);
  for (const [name, what] of Object.entries(files)) {
    if (what === null) others.delete(join(DIRECTORY, name));
    else others.add(join(DIRECTORY, name));
  }
  return others;
}
