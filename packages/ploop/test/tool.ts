import { spawnSync } from 'node:child_process';

/** What one run of the tool said. */
export interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real tool itself, as a user would call it, for what it says to be compared with what we say. */
export function toolIn(
  env: Readonly<Record<string, string>>,
): (...argv: readonly string[]) => Said {
  const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
  const all = { ...process.env, ...env, PATH, LC_ALL: 'C', PLOOP_PAD: 'x'.repeat(8192) };
  return (...argv) => {
    const { status, stdout, stderr } = spawnSync('ploop', argv, { env: all, encoding: 'utf8' });
    return { status, stdout, stderr };
  };
}
