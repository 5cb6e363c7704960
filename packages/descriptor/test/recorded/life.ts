import { join } from 'node:path';

import { recordedText, recordedTexts } from '@ploop/test-kit';

import type { Version } from '../../src/releases/index.ts';

/** One call of the tool, or something done to the disk between two calls. What did not change is absent. */
export interface Step {
  readonly op: string;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly exit?: number;
  readonly stderr?: string;
  readonly descriptor?: string | null;
  /** The other files of the directory. */
  readonly files?: readonly string[];
  /** Whether the top reads as it must. */
  readonly topKept?: boolean;
  /** GUIDs that read otherwise than before. */
  readonly lost?: readonly string[];
}

/** What one release did in a random life of a disk. */
export interface Life {
  readonly release: Version;
  readonly seed: number;
  /** What is peculiar about the disk. */
  readonly kind: string;
  readonly steps: readonly Step[];
}

interface Recording {
  readonly release: Version;
  readonly lives?: readonly Omit<Life, 'release'>[];
}

/** Stands in the recordings for the directory of the disk. */
const PLACEHOLDER = '$DIR';
export const DIRECTORY = '/recorded';

/** A few lives of 18 releases, or all lives in a directory and in those below it. */
export const LIVES: readonly Life[] = recordings(process.env['PLOOP_RECORDINGS']).flatMap(
  ({ release, lives = [] }) => lives.map((life) => ({ ...life, release })),
);

function recordings(directory: string | undefined): readonly Recording[] {
  if (directory === undefined)
    return read(recordedText(join(import.meta.dirname, 'lives.json.gz'))) as readonly Recording[];
  return recordedTexts(directory).map((text) => read(text) as Recording);
}

function read(text: string): unknown {
  return JSON.parse(text.replaceAll(PLACEHOLDER, DIRECTORY));
}
