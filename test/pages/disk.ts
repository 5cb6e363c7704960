import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { systemPath } from '../../packages/test-kit/src/programs.ts';
import { main } from '../../apps/inspect/src/main.ts';
import { contents, type Content } from '../../packages/ploop/test/guard/model.ts';
import { guidOf, imageOf, type ImageChange, type Shape } from './shape.ts';

/** What a command did: its exit code, or that a signal ended it, and all that it printed. */
interface Done {
  readonly exit: number | 'signal';
  readonly text: string;
}

/** A disk of a test, and what is done to it by hand and by commands. */
export interface Disk {
  readonly directory: string;
  readonly shape: Shape;
  /** The path of the descriptor. */
  readonly descriptor: string;
  /** The path of an image, the base first; the top by default. */
  readonly image: (level?: number) => string;
  readonly guid: (level: number) => string;
  /** Changes the bytes of an image. */
  readonly patch: (level: number, change: (bytes: Buffer) => Buffer | undefined) => void;
  /** Writes an image anew, with something else about it. */
  readonly rewrite: (level: number, change: ImageChange) => void;
  /** Changes the descriptor. */
  readonly edit: (change: (xml: string) => string) => void;
  /** A copy of the disk beside it, for one experiment. */
  readonly copy: (name: string) => Disk;
  /** What each state of the disk reads as. */
  readonly contents: () => ReadonlyMap<string, Content | undefined>;
  /** Runs a command line of a page in the directory of the disk. */
  readonly run: (line: string) => Promise<Done>;
}

/** The disk in a directory. */
export function diskIn(directory: string, shape: Shape): Disk {
  const image = (level = shape.files.length - 1): string =>
    join(directory, shape.files[level] ?? '');
  const descriptor = join(directory, 'DiskDescriptor.xml');
  return {
    ...{ directory, shape, descriptor, image },
    guid: (level) => guidOf(shape, level),
    patch: (level, change) => {
      const bytes = readFileSync(image(level));
      writeFileSync(image(level), change(bytes) ?? bytes);
    },
    rewrite: (level, change) => {
      writeFileSync(image(level), imageOf(shape, level, change));
    },
    edit: (change) => {
      writeFileSync(descriptor, change(readFileSync(descriptor, 'utf8')));
    },
    copy: (name) => {
      const copied = `${directory}-${name}`;
      // Hard links, symlinks and holes are parts of a defect.
      spawnSync('cp', ['-a', directory, copied]);
      return diskIn(copied, shape);
    },
    contents: () => contents(directory),
    run: (line) => runLine(line, directory, shape),
  };
}

/** Where ploop-inspect is found by its name. */
const ownPrograms = join(import.meta.dirname, '..', '..', 'node_modules', '.bin');

async function runLine(line: string, directory: string, shape: Shape): Promise<Done> {
  const placed = withValues(line, directory, shape);
  if (placed.startsWith('ploop-inspect ')) {
    const { exitCode, stdout, stderr } = await main(wordsOf(placed).slice(1));
    return { exit: exitCode, text: stdout + stderr };
  }
  const PATH = `${ownPrograms}:${systemPath}`;
  const env = { ...process.env, PATH, LC_ALL: 'C', PLOOP_PAD: 'x'.repeat(8192) };
  const { status, stdout, stderr } = spawnSync('sh', ['-c', placed], {
    ...{ cwd: directory, env },
    encoding: 'utf8',
  });
  // A shell adds 128 to the number of a signal; 255 is an exit code of the tool.
  const died = status === null || (status > 128 && status < 255);
  return { exit: died ? 'signal' : status, text: stdout + stderr };
}

/** The words in capitals of a page, with what they stand for on this disk. */
function withValues(line: string, directory: string, shape: Shape): string {
  const values: Readonly<Record<string, string | undefined>> = {
    BASE: shape.files[0],
    CLUSTERS: String(shape.clusters),
    DISK: shape.files[0],
    FILE_SYSTEM: shape.files[0],
    MOUNTPOINT: directory,
    DIR: directory,
    FILE: shape.files.at(-1),
    GUID: guidOf(shape, shape.files.length - 2),
    IMAGE: shape.files.at(-1),
    TOP: guidOf(shape, shape.files.length - 1),
  };
  return line.replace(/\b[A-Z_]+\b/g, (word) => {
    const value = values[word];
    if (value === undefined) return word;
    return /^\d+$/.test(value) ? value : `'${value}'`;
  });
}

function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
}
