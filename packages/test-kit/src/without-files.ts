import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** More than a test process has open. */
const LIMIT = 256;

/** Does work while this process can open no file. */
export async function withoutFiles<Result>(work: () => Promise<Result>): Promise<Result> {
  const pid = `--pid=${String(process.pid)}`;
  const shown = execFileSync('prlimit', [pid, '--nofile', '--noheadings', '--output=SOFT,HARD']);
  const [soft = '', hard = ''] = shown.toString().trim().split(/\s+/);
  const fillers: number[] = [];
  execFileSync('prlimit', [pid, `--nofile=${String(LIMIT)}:${hard}`]);
  try {
    for (;;) fillers.push(openSync('/dev/null', 'r'));
  } catch {
    // No more can be opened.
  }
  try {
    return await work();
  } finally {
    for (const filler of fillers) closeSync(filler);
    execFileSync('prlimit', [pid, `--nofile=${soft}:${hard}`]);
  }
}
