import { toolProblem } from './tool.ts';

const ADVICE = 'apt-get install ploop, and run as root';

/** Runs once before all tests: their number must never shrink unnoticed. */
export function setup(): void {
  if (toolProblem === undefined) return;
  if (process.env['CI'] === 'true')
    throw new Error(`the ploop tool cannot be used, and CI=true: ${toolProblem}. ${ADVICE}`);
  console.warn(`\n!!! SKIPPING EVERY TEST AGAINST THE REAL TOOL: ${toolProblem}. ${ADVICE} !!!\n`);
}
