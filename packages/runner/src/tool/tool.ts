import { accessSync, constants, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { searchPath, type Environment } from '../exec/environment.ts';
import type { Exec, ExecOutcome } from '../exec/exec.ts';
import { probeRelease } from '../release/probe.ts';
import type { Release } from '../release/release.ts';

/** The tool that a runner runs, and what is known of it. */
export interface Tool {
  readonly file: string;
  /** What was found out of the tool as it is now; `undefined` where nothing was yet. */
  readonly known: () => { readonly release: Release | undefined } | undefined;
  /** Finds out which release it is, once for each tool that is put in its place. */
  readonly release: () => Promise<Release | undefined>;
}

/** What a tool is looked for with. */
export interface ToolOptions {
  readonly binary: string;
  readonly exec: Exec;
  readonly env: Environment;
  /** What the caller says it is. */
  readonly release: Release | undefined;
}

/** A usage takes milliseconds; what takes this long is not a tool that is known. */
const PROBE_TIMEOUT_MS = 10_000;
/** How long an answer holds for a tool that cannot be looked at. */
const REMOTE_MS = 60_000;

/** A tool by its name, which is looked for in PATH and the sbin directories, or by its path. Starts nothing by itself. */
export function createTool({ binary, exec, env, release }: ToolOptions): Tool {
  // A path is one from where the caller is, not from where the tool runs.
  const file = binary.includes('/') && exec.isLocal === true ? resolve(binary) : binary;
  if (release !== undefined)
    return { file, known: () => ({ release }), release: () => Promise.resolve(release) };

  let answer:
    { readonly identity: string; readonly release: Promise<Release | undefined> } | undefined;
  let known: { readonly identity: string; readonly release: Release | undefined } | undefined;
  const identify = (): string =>
    exec.isLocal === true
      ? identityOf(file, env)
      : String(Math.floor(performance.now() / REMOTE_MS));
  const ask = async (identity: string): Promise<Release | undefined> => {
    const outcomes: ExecOutcome[] = [];
    const found = await probeRelease(async (argv) => {
      const outcome = await exec({ file, argv, env, timeoutMs: PROBE_TIMEOUT_MS });
      outcomes.push(outcome);
      return outcome;
    });
    // What could not be asked is asked again the next time.
    if (outcomes.some(hasFailed)) answer = undefined;
    else known = { identity, release: found };
    return found;
  };
  return {
    file,
    known: () => (known?.identity === identify() ? known : undefined),
    release: () => {
      const identity = identify();
      if (answer?.identity !== identity) answer = { identity, release: ask(identity) };
      return answer.release.catch((error: unknown) => {
        answer = undefined;
        throw error;
      });
    },
  };
}

function hasFailed({ exitCode, connectionError }: ExecOutcome): boolean {
  return exitCode === undefined || connectionError !== undefined;
}

/** Device, inode, time and size of a program: another one that is put in its place differs in one of them. */
function identityOf(file: string, env: Environment): string {
  const directories = file.includes('/') ? [''] : searchPath(env['PATH'] ?? process.env['PATH']);
  for (const directory of directories) {
    const identity = tryIdentify(join(directory, file));
    if (identity !== undefined) return identity;
  }
  return 'missing';
}

function tryIdentify(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    const stats = statSync(path, { bigint: true });
    if (!stats.isFile()) return undefined;
    return [path, stats.dev, stats.ino, stats.mtimeNs, stats.size].join(' ');
  } catch {
    return undefined;
  }
}
