// npm test: set up, then run all tests, and beside them everything that is checked without a run. Arguments go to vitest.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { install, onFailureSay, root, turbo, turboBeside } from './setup.mjs';

onFailureSay('0 passed, 1 failed');
install();
turbo('Building', ['//#build']);
// Tests wait for programs much of the time.
const checks = turboBeside([
  '//#code',
  '//#format:check',
  '//#knip',
  '//#circles',
  '//#lock:check',
  '//#words',
  '//#packages',
]);
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const tests = spawn(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
const ended = once(tests, 'close');
const { status, output, took } = await checks;
if (status === 0) {
  console.log(
    `Types, style, layers, circles, unused code, words and packages are as they must be, after ${took}`,
  );
  const [code] = await ended;
  process.exit(code ?? 1);
}
tests.kill();
await ended;
console.error(
  `Types, style, layers, circles, unused code, words and packages: failed after ${took}\n${output}`,
);
console.log('0 passed, 1 failed');
process.exit(1);
