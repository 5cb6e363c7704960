import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SBIN = ['/usr/sbin', '/sbin', '/usr/local/sbin'];

/** Why the real tool cannot be used here, in a few words; `undefined` where it can. */
export const toolProblem: string | undefined = tryTool();

/** Whether the real tool can be used here. Tests that need it are skipped without it, except with CI=true. */
export const hasTool: boolean = toolProblem === undefined;

/** Makes a disk and takes a snapshot, as the tests will. */
function tryTool(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'ploop-probe-'));
  const PATH = [process.env['PATH'], ...SBIN].join(':');
  const env = { ...process.env, PATH, LC_ALL: 'C', PLOOP_PAD: 'x'.repeat(8192) };
  const run = (...argv: readonly string[]): string | undefined => {
    const { status, error, stderr } = spawnSync('ploop', argv, { env, encoding: 'utf8' });
    if (error !== undefined) return error.message;
    return status === 0 ? undefined : (stderr.trim().split('\n').at(-1) ?? 'it fails');
  };
  try {
    return (
      run('-v-1', 'init', '-s', '1M', '-t', 'none', join(directory, 'root.hdd')) ??
      run('-v-1', 'snapshot', join(directory, 'DiskDescriptor.xml'))
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
