// npm run bench: set up, then measure parsing. Arguments: --json, --quick.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { install, root, sayProgressOn, turbo } from './setup.mjs';

sayProgressOn(process.stderr);
install();
turbo('Building', ['build', '--filter=@ploop/descriptor']);
const bench = join(root, 'packages', 'descriptor', 'bench', 'parse.mjs');
const { status } = spawnSync(process.execPath, [bench, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
