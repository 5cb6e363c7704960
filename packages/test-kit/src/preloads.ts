import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Why there is no C compiler, in a few words; `undefined` where there is one. */
export const compilerProblem: string | undefined = tryCompiler();

/** Whether C can be compiled. Tests that need it are skipped without, except with CI=true. */
export const hasCompiler: boolean = compilerProblem === undefined;

/** Builds into a directory what makes the tool make images of version 2 without its driver: a value for LD_PRELOAD. */
export function largeDiskSupport(directory: string): string {
  return build(directory, 'large-disks');
}

/**
 * Builds into a directory what makes calls of a file system fail, or other files appear, at the wrong moment: a value
 * for LD_PRELOAD. `failing-calls.c` says which variables name the calls.
 */
export function failingCalls(directory: string): string {
  return build(directory, 'failing-calls');
}

/**
 * Builds into a directory what kills processes at a call that changes files, see `kill-at.c`: a value for LD_PRELOAD.
 */
export function killAt(directory: string): string {
  return build(directory, 'kill-at');
}

function build(directory: string, name: string): string {
  const source = join(import.meta.dirname, `${name}.c`);
  const library = join(directory, `${name}.so`);
  const { status, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return library;
}

function tryCompiler(): string | undefined {
  const { status, error } = spawnSync('cc', ['--version']);
  if (error !== undefined) return error.message;
  return status === 0 ? undefined : 'cc fails';
}
