// npm test: set up, check everything that needs no run, then run all tests. Arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { install, onFailureSay, root, turbo } from './setup.mjs';

onFailureSay('0 passed, 1 failed');
install();
turbo('Building, checking types, style, layers, unused code, packages', [
  '//#build',
  '//#code',
  '//#format:check',
  '//#knip',
  '//#lock:check',
  '//#packages',
]);
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(status ?? 1);
