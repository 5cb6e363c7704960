import { spawnSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';

/** The root of the repository. */
export const root = join(import.meta.dirname, '..');

/** What the checker of imports says of some files, as it is called for all. */
export async function cruised(
  files: Readonly<Record<string, string>>,
): Promise<{ readonly status: number | null; readonly stdout: string }> {
  const directory = await temporaryDirectory();
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
  await writeFile(join(directory, 'tsconfig.check.json'), '{ "include": ["**/src"] }');
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  const config = join(root, '.dependency-cruiser.mjs');
  const bin = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const argv = [bin, '--config', config, ...Object.keys(files)];
  return spawnSync(process.execPath, argv, { cwd: directory, encoding: 'utf8' });
}
