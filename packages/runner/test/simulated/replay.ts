import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Guid, ReleaseName } from '@ploop/descriptor';

import { createSimulatedPloop } from '../../src/testing/index.ts';
import type { Life, RecordedFile, Step } from './life.ts';
import { writeClusters } from './write-clusters.ts';

/** How far the simulated tool went along with a life. */
export interface Replayed {
  /** Calls that ended as recorded, with the same descriptor and files. */
  readonly same: number;
  /** What ended the life early: the simulated tool says that it does not simulate it, or the recording is of its machine. */
  readonly stopped?: string;
  /** What differs from the recording. */
  readonly difference?: string;
}

const NOT_SIMULATED = 70;
/** Failures of the machine of the recordings, which are not decided by the disk. */
const OF_MACHINE = /Unknown ploop image version|PLOOP_FMT_V2 is not supported/;
/** What merges images. */
const ROOMY = new Set(['merge', 'delete']);
/** Where the header has the flag of an empty image, which the tool leaves at random after a merge. */
const FLAG_AT = 52;

interface Around {
  readonly release: ReleaseName;
  readonly directory: string;
  readonly before: Readonly<Record<string, RecordedFile>>;
  readonly files: Readonly<Record<string, RecordedFile>>;
  readonly descriptorBefore: string | null;
  readonly descriptor: string | null;
  /** Images whose clusters lie in another order than recorded. */
  readonly reordered: Set<string>;
  /** The hash that a file had when it was read last, and which file that was. */
  readonly hashed: Map<string, string>;
}

/** Has the simulated tool live a recorded life in a directory. */
export async function replay(life: Life, directory: string): Promise<Replayed> {
  let guids: readonly Guid[] = [];
  const randomGuid = (): Guid => {
    const [first, ...rest] = guids;
    guids = rest;
    return first ?? ('{00000000-1111-2222-3333-444444444444}' as Guid);
  };
  const { exec } = createSimulatedPloop({ release: life.release, randomGuid });
  let around: Around = {
    release: life.release,
    directory,
    before: {},
    files: {},
    descriptorBefore: null,
    descriptor: null,
    reordered: new Set(),
    hashed: new Map(),
  };
  let same = 0;
  for (const [at, step] of life.steps.entries()) {
    around = {
      ...around,
      before: around.files,
      files: step.files ?? around.files,
      descriptorBefore: around.descriptor,
      descriptor: step.descriptor === undefined ? around.descriptor : step.descriptor,
    };
    if (step.argv === undefined) {
      await change(step, around);
      continue;
    }
    guids = guidsMade(step, around);
    const directoryMade = step.input?.['directory'];
    if (typeof directoryMade === 'string')
      await mkdir(directoryMade.replace('$DIR', directory), { recursive: true });
    const argv = step.argv.map((word) => word.replaceAll('$DIR', directory));
    const { exitCode, stderr } = await exec({ file: 'ploop', argv, env: {} });
    const name = `${life.release}, seed ${String(life.seed)}, step ${String(at)}: ${step.op}`;
    if (exitCode === NOT_SIMULATED) return { same, stopped: stderr.text.trim() };
    if (step.exit !== 0 && OF_MACHINE.test(step.stderr ?? '')) return { same, stopped: 'machine' };
    const difference =
      exitCode === step.exit
        ? await differenceOf(step, around)
        : `exit code ${String(exitCode)}, recorded ${String(step.exit)}`;
    if (difference !== undefined) return { same, difference: `${name}: ${difference}` };
    same += 1;
  }
  return { same };
}

/** The GUIDs that the tool made up: of a snapshot that was given none, then in the names of new files. */
function guidsMade(
  { op, argv = [] }: Step,
  { before, files, descriptorBefore, descriptor }: Around,
): readonly Guid[] {
  const inNames = Object.keys(files)
    .filter((file) => !(file in before))
    .flatMap((file) => /\{[^}]*\}$/.exec(file) ?? []);
  const known = descriptorBefore ?? '';
  const own = [...(descriptor ?? '').matchAll(/<GUID>(.*?)<\/GUID>/g)]
    .map(([, guid = '']) => guid)
    .find((guid) => !known.includes(guid));
  const isGiven = op !== 'snapshot' || argv.includes('-u');
  return [...(isGiven || own === undefined ? [] : [own]), ...inNames] as Guid[];
}

/** Does to the disk what was done to it between two calls. */
async function change({ op, input }: Step, { directory, descriptor }: Around): Promise<void> {
  const text = (descriptor ?? '').replaceAll('$DIR', directory);
  if (op === 'write') return writeClusters(directory, text, input as never);
  if (op === 'copy')
    return copyFile(
      join(directory, String(input?.['from'])),
      join(directory, String(input?.['to'])),
    );
  if (op === 'edit') return writeFile(join(directory, 'DiskDescriptor.xml'), text);
  throw new Error(`unknown step ${op}`);
}

async function differenceOf({ op, input }: Step, around: Around): Promise<string | undefined> {
  const { release, directory, files, descriptor, reordered, hashed } = around;
  const own = await readFile(join(directory, 'DiskDescriptor.xml'), 'utf8').catch(() => null);
  if (own !== (descriptor?.replaceAll('$DIR', directory) ?? null)) return 'another descriptor';
  const names = await readdir(directory, { recursive: true });
  const found = names.filter((name) => name !== 'DiskDescriptor.xml').sort();
  const recorded = Object.keys(files)
    .map((name) => name.replace(/\/$/, ''))
    .sort();
  if (found.join('\n') !== recorded.join('\n')) return `files ${found.join(', ')}`;
  for (const [name, [size, sha1]] of Object.entries(files)) {
    // The path of the directory stands in it, which has another length.
    if (size === undefined || name.endsWith('/DiskDescriptor.xml')) continue;
    const path = join(directory, name);
    const own = (await stat(path)).size;
    // From some release on, the image that grows in a merge gets more room; the simulated tool gives it what it needs.
    const isRoom = size > own && ROOMY.has(op) && /^7[.]0[.]2/.test(release);
    if (isRoom) reordered.add(name);
    if (own !== size && !isRoom) return `size of ${name}`;
    const isSame = reordered.has(name) || (await hasHash(path, sha1 ?? '', hashed));
    // Several images that are merged at once give the clusters another order in the lower one.
    if (!isSame && op === 'merge' && input?.['all'] === true) reordered.add(name);
    else if (!isSame) return `bytes of ${name}`;
  }
  return undefined;
}

/** Whether a file has a hash, with either flag of an empty image; it gets the recorded one. */
async function hasHash(path: string, sha1: string, hashed: Map<string, string>): Promise<boolean> {
  if (hashed.get(path) === (await stateOf(path, sha1))) return true;
  const isSame = await readsAs(path, sha1);
  if (isSame) hashed.set(path, await stateOf(path, sha1));
  return isSame;
}

async function stateOf(path: string, sha1: string): Promise<string> {
  const { ino, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return [sha1, ino, mtimeNs, ctimeNs].join();
}

async function readsAs(path: string, sha1: string): Promise<boolean> {
  const content = await readFile(path);
  const hash = (): string => createHash('sha1').update(content).digest('hex').slice(0, sha1.length);
  if (hash() === sha1) return true;
  if (content.length < FLAG_AT + 4) return false;
  for (const flag of [0, 1]) {
    content.writeUInt32LE(flag, FLAG_AT);
    if (hash() !== sha1) continue;
    await writeFile(path, content);
    return true;
  }
  return false;
}
