import { basename } from 'node:path';

import { OutcomeError } from '../errors/errors.ts';
import type { RunFacts } from '../errors/run-facts.ts';
import type { Environment } from '../exec/environment.ts';
import type { Exec } from '../exec/exec.ts';
import { holdLock, requireFileLock } from '../lock/hold-lock.ts';
import { reportedFiles, type ReportedFiles } from '../output/reported-files.ts';
import { settledLook } from '../output/settled-look.ts';
import type { Look } from '../tool/files.ts';
import type { Tool } from '../tool/tool.ts';
import type { DiskView, See, Sight } from './disk-view.ts';
import type { Effect, Seen, Verdict } from './effect.ts';

/** What looks at a disk. */
export interface Lookout extends Pick<Seen, 'info'> {
  readonly tool: Tool;
  readonly exec: Exec;
  readonly env: Environment;
  readonly see: See;
  readonly look: Look;
}

/** A run that exited with 0. */
export interface Ended {
  readonly subcommand: string;
  readonly facts: RunFacts;
  readonly before: Sight;
}

interface Judged {
  readonly verdict: Verdict;
  readonly after: Sight;
}

/**
 * Whether the files show what a run was for; `false` if they cannot be read. If they do not show it at once, they are
 * looked at again while no run of the tool changes the disk: under the lock of the tool where that can be held, else until
 * two looks some time apart have seen the same.
 *
 * @throws OutcomeError
 */
export async function verifyEffect(
  lookout: Lookout,
  effect: Effect,
  ended: Ended,
): Promise<boolean> {
  const reported = reportedFiles(ended.facts);
  const { look, info } = lookout;
  const judge = async (): Promise<Judged> => {
    const { before } = ended;
    const after = await sightOf(lookout, effect);
    const verdict = await effect.judge({
      ...{ before, after, reported, stdout: ended.facts.stdout, look, info },
      isWritten: () => isWritten(lookout, effect, { before, after, reported }),
    });
    return { verdict, after };
  };
  const first = await judge();
  const { verdict } = isMissing(first) ? await settled(lookout, effect, ended, judge) : first;
  if (typeof verdict === 'string') return verdict === 'shown';
  throw new OutcomeError(ended.subcommand, verdict.expected, verdict.found, ended.facts);
}

/** What is seen of the descriptor of an effect. */
export async function sightOf(
  { see }: Pick<Lookout, 'see'>,
  { descriptor }: Effect,
): Promise<Sight> {
  return descriptor === undefined ? 'unreadable' : see(descriptor);
}

function isMissing({ verdict }: Judged): boolean {
  return typeof verdict !== 'string';
}

async function settled(
  { tool, exec, env }: Lookout,
  { descriptor, asksTool = false }: Effect,
  { before }: Ended,
  judge: () => Promise<Judged>,
): Promise<Judged> {
  // What was not there before has no lock, and nobody else at it.
  if (descriptor === undefined || typeof before === 'string') return judge();
  const hold = async (work: () => Promise<Judged>, timeoutMs: number): Promise<Judged> => {
    requireFileLock(await tool.release());
    return holdLock({ exec, env }, descriptor, work, { timeoutMs });
  };
  return settledLook({
    look: judge,
    isSame: (one, other) => identityOf(one.after) === identityOf(other.after),
    // The tool that is asked would wait for the lock.
    hold: asksTool ? undefined : hold,
    isFinal: (judged) => !isMissing(judged),
  });
}

function identityOf(sight: Sight): string {
  return typeof sight === 'string' ? sight : sight.identity;
}

async function isWritten(
  { look }: Lookout,
  { descriptor = '' }: Effect,
  { before, after, reported }: { before: Sight; after: Sight; reported: ReportedFiles },
): Promise<boolean> {
  if (reported.stored.length === 0 || identityOf(before) === identityOf(after)) return false;
  const exists = async (file: string): Promise<boolean> => (await look(file)) !== 'missing';
  for (const file of reported.stored)
    if (basename(file) !== basename(descriptor) && (await exists(file))) return false;
  const named = new Set(typeof after === 'string' ? [] : filesOf(after));
  for (const file of reported.created) if (!named.has(file) && (await exists(file))) return false;
  return true;
}

function filesOf({ graph, fileOf }: DiskView): readonly (string | undefined)[] {
  return graph.nodes.map((node) => fileOf(node));
}
