import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { compareVersions, type Version } from '@ploop/descriptor/releases';

import type { Exec, ExecOutcome } from '../../src/exec/exec.ts';

/** What a release printed, and a number or the name of a signal. */
interface Answer {
  readonly exit: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

interface Usages {
  readonly argvs: readonly string[];
  readonly answers: readonly Answer[];
  readonly releases: Readonly<Record<string, readonly number[]>>;
}

const usages = JSON.parse(
  gunzipSync(readFileSync(join(import.meta.dirname, 'usages.json.gz'))).toString(),
) as Usages;

/** The 66 releases that were recorded, oldest first. */
export const RECORDED = Object.keys(usages.releases) as Version[];

/** The options that each subcommand was asked with, whether it knows them or not. */
export const ASKED: readonly (readonly [subcommand: string, option: string])[] = usages.argvs.flatMap(
  (question) => {
    const [, subcommand, option] = /^([a-z][a-z -]*?) (-{1,2}[a-zA-Z][a-z-]*)$/.exec(question) ?? [];
    return subcommand === undefined || option === undefined ? [] : [[subcommand, option]];
  },
);

/** A recorded answer of some release. */
export interface RecordedAnswer {
  /** One of the releases that gave it, from 1.11 on. */
  readonly release: Version;
  readonly question: string;
  readonly outcome: ExecOutcome;
}

/** Each answer to questions about a subcommand that a release from 1.11 on gave, once. */
export function recordedAnswers(subcommand: string): readonly RecordedAnswer[] {
  const found = new Map<number, RecordedAnswer>();
  for (const [at, question] of usages.argvs.entries()) {
    if (question !== subcommand && !question.startsWith(`${subcommand} `)) continue;
    for (const release of RECORDED.filter((one) => compareVersions(one, '1.11') >= 0)) {
      const index = usages.releases[release]?.[at] ?? -1;
      const given = usages.answers[index];
      if (given !== undefined && !found.has(index)) found.set(index, { release, question, outcome: outcomeOf(given) });
    }
  }
  return [...found.values()];
}

/** Replays what a release prints without a disk to work on. */
export function recordedExec(release: Version): Exec & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  const exec = ({ argv }: { readonly argv: readonly string[] }): Promise<ExecOutcome> => {
    const question = argv.join(' ');
    asked.push(question);
    return Promise.resolve(outcomeOf(answer(release, question)));
  };
  return Object.assign(exec, { asked });
}

function answer(release: Version, question: string): Answer {
  const at = usages.argvs.indexOf(question);
  const found = usages.answers[usages.releases[release]?.[at] ?? -1];
  if (found === undefined) throw new RangeError(`not recorded: ploop ${question}`);
  return found;
}

function outcomeOf({ exit, stdout, stderr }: Answer): ExecOutcome {
  return {
    ...(typeof exit === 'number' ? { exitCode: exit } : { signal: exit }),
    cancelled: false,
    timedOut: false,
    stdout: { text: stdout, droppedBytes: 0 },
    stderr: { text: stderr, droppedBytes: 0 },
  };
}
