// npm run demo: set up, then walk a disk through its life.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { install, root, turbo } from './setup.mjs';

install();
turbo('Building', ['//#build']);
const demo = join(root, 'apps', 'examples', 'dist', 'demo.js');
const { status } = spawnSync(process.execPath, [demo, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
