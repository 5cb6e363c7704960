// The workspaces whose code is bundled, and what each offers.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../setup.mjs';

const SOURCE = '@ploop/source';

/** What ends up at `dist/NAME.js` comes from `src/FILE`. */
const entryOf = ({ default: built, [SOURCE]: source }) => [
  built.slice('./dist/'.length, -'.js'.length),
  source.slice('./src/'.length),
];

/** Packages that run in a browser, except for entries whose names begin with `node`. */
const ANYWHERE = new Set(['descriptor', 'image', 'contents']);

/** The entries of a package by their name in `dist`: those of its `exports`. */
function libraryIn(name) {
  const directory = join(root, 'packages', name);
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  if (manifest.private) return [];
  const offered = Object.values(manifest.exports).filter((one) => typeof one === 'object');
  const entries = Object.fromEntries(offered.map(entryOf));
  const needsNode = (entry) => !ANYWHERE.has(name) || entry.startsWith('node');
  return [{ name, directory, entries, needsNode, isProgram: false }];
}

const program = {
  name: 'inspect',
  directory: join(root, 'apps', 'inspect'),
  entries: { bin: 'bin.ts' },
  needsNode: () => true,
  isProgram: true,
};

export const workspaces = [...readdirSync(join(root, 'packages')).flatMap(libraryIn), program];
