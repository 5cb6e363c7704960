import { once } from 'node:events';

import type { ExecOutcome, ExecRequest } from '../exec/exec.ts';
import { onAbort } from '../exec/on-abort.ts';

const SILENT = { text: '', droppedBytes: 0 };
const ENDED = { cancelled: false, timedOut: false, stdout: SILENT, stderr: SILENT };

/**
 * The programs beside the tool that a runner starts: `flock`, whose lock the simulated tool has no need of, and `modprobe`,
 * which finds every module. Any other is not there.
 */
export async function runHelper(request: ExecRequest): Promise<ExecOutcome> {
  const { file, stdin, onOutput, signal } = request;
  if (file === 'modprobe') return { ...ENDED, exitCode: 0 };
  if (file === 'flock') {
    onOutput?.('stdout', new TextEncoder().encode('\n'));
    if (stdin === undefined) return { ...ENDED, exitCode: 0 };
    let forget = (): void => undefined;
    stdin.resume();
    const aborted = new Promise<void>((done) => {
      forget = onAbort(signal, done);
      if (signal?.aborted === true) done();
    });
    await Promise.race([once(stdin, 'end'), aborted]);
    forget();
    return { ...ENDED, exitCode: 0, cancelled: signal?.aborted === true };
  }
  const missing = Object.assign(new Error(`spawn ${file} ENOENT`), { code: 'ENOENT' });
  return { ...ENDED, spawnError: missing };
}
