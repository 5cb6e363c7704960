import { preflight } from 'ploop';

const MARKS = { info: '✓', warning: '!', error: '✗' } as const;

/** Whether this machine can mount and change a disk, line by line. */
export async function main(path?: string): Promise<readonly string[]> {
  const { ok, findings } = await preflight({ path });
  const lines = findings.flatMap(({ severity, code, message, hint }) => [
    `${MARKS[severity]} ${code}: ${message}`,
    ...(hint === undefined ? [] : [`  ${hint}`]),
  ]);
  return [...lines, ok ? 'ready' : 'not ready'];
}
