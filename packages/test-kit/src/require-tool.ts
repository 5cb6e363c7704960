import { hasTool } from './tool.ts';

const INSTALL = 'apt-get install ploop';

/** Runs once before all tests: their number must never shrink unnoticed. */
export function setup(): void {
  if (hasTool) return;
  if (process.env['CI'] === 'true')
    throw new Error(`the ploop tool is not installed, and CI=true: ${INSTALL}`);
  console.warn(
    `\n!!! SKIPPING EVERY TEST AGAINST THE REAL TOOL: ploop is not installed. ${INSTALL} !!!\n`,
  );
}
