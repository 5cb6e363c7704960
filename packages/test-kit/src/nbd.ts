import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Why the programs of libnbd cannot be used here, in a few words; `undefined` where they can. */
export const libnbdProblem: string | undefined = tryLibnbd();

/** Whether nbdinfo and nbdcopy can be used here. Tests that need them are skipped without, except with CI=true. */
export const hasLibnbd: boolean = libnbdProblem === undefined;

function tryLibnbd(): string | undefined {
  for (const program of ['nbdinfo', 'nbdcopy']) {
    const { status, error } = spawnSync(program, ['--version']);
    if (error !== undefined) return error.message;
    if (status !== 0) return `${program} fails`;
  }
  return undefined;
}

/** Runs nbdinfo and gives its stdout. */
export async function nbdinfo(...argv: readonly string[]): Promise<string> {
  return (await execute('nbdinfo', argv)).stdout;
}

/** Copies an export to a file. */
export async function nbdcopy(uri: string, file: string): Promise<void> {
  await execute('nbdcopy', [uri, file]);
}
