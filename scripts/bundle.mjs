// Bundles what is published: node scripts/bundle.mjs [WORKSPACE...]. The compiler has written the declarations before.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { bundleCode } from './bundle/code.mjs';
import { bundleTypes } from './bundle/types.mjs';
import { workspaces } from './bundle/workspaces.mjs';

const names = process.argv.slice(2);
const chosen = workspaces.filter(({ name }) => names.length === 0 || names.includes(name));
if (chosen.length < names.length) throw new Error(`unknown workspace among ${names.join(', ')}`);

for (const workspace of chosen) {
  const code = await bundleCode(workspace);
  const types = workspace.isProgram ? [] : await bundleTypes(workspace);
  removeAllBut(new Set([...code, ...types]), join(workspace.directory, 'dist'));
}

/** What earlier builds left. Files that stay are never missing: other programs may run them now. */
function removeAllBut(written, dist) {
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !written.has(path.slice(dist.length + 1))) rmSync(path);
  }
}
