import { join } from 'node:path';

import { recordedText, recordedTexts } from '@ploop/test-kit';
import type { ReleaseName } from '@ploop/descriptor';

/** The size of a file, and the first digits of its SHA-1; empty for a directory. */
export type RecordedFile = readonly [size?: number, sha1?: string];

/** One call of the tool, or something done to the disk between two calls. What did not change is absent. */
export interface Step {
  readonly op: string;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly argv?: readonly string[];
  readonly exit?: number;
  readonly stderr?: string;
  readonly descriptor?: string | null;
  readonly files?: Readonly<Record<string, RecordedFile>>;
}

/** What one release did in a random life of a disk. */
export interface Life {
  readonly release: ReleaseName;
  readonly seed: number;
  readonly kind: string;
  readonly steps: readonly Step[];
}

interface Recording {
  readonly release: ReleaseName;
  readonly lives?: readonly Omit<Life, 'release'>[];
}

/** A few lives of 18 releases, or all lives in a directory and in those below it. */
export const LIVES: readonly Life[] = recordings(process.env['PLOOP_RECORDINGS']).flatMap(
  ({ release, lives = [] }) => lives.map((life) => ({ ...life, release })),
);

function recordings(directory: string | undefined): readonly Recording[] {
  if (directory === undefined)
    return JSON.parse(
      recordedText(join(import.meta.dirname, 'lives.json.gz')),
    ) as readonly Recording[];
  return recordedTexts(directory).map((text) => JSON.parse(text) as Recording);
}
