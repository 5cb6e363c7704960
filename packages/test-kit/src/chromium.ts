import { spawnSync } from 'node:child_process';

/** Why Debian's Chromium cannot be used here, in a few words; `undefined` where it can. */
export const chromiumProblem: string | undefined = tryChromium();

/** Whether Chromium can be used here. Tests that need it are skipped without it, except with CI=true. */
export const hasChromium: boolean = chromiumProblem === undefined;

function tryChromium(): string | undefined {
  const { status, error, stderr } = spawnSync('chromium', ['--version'], { encoding: 'utf8' });
  if (error !== undefined) return error.message;
  return status === 0 ? undefined : (stderr.trim().split('\n').at(-1) ?? 'it fails');
}
