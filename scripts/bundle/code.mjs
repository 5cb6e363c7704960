// src/*.ts → dist/*.js: one file an entry, and what entries share.
import { join } from 'node:path';

import { rolldown } from 'rolldown';

import { later } from './later.mjs';
import { licences } from './licences.mjs';
import { workers } from './workers.mjs';

const NODE = /^node:/;
const SIBLINGS = [/^@ploop\//, /^ploop$/];

/** Shared by entries of a library: what runs anywhere, and what needs Node. */
const SHARED = [
  { name: 'chunks/shared', test: /^(?!.*[\\/]src[\\/]node[\\/])/, minShareCount: 2, priority: 2 },
  { name: 'chunks/node', minShareCount: 2, priority: 1 },
];

/**
 * Libraries import each other: a class or a symbol exists once, whoever imports it. The program holds all that it needs,
 * and loads what a command needs when it runs.
 */
export async function bundleCode({ directory, entries, needsNode, isProgram }) {
  const others = [];
  const bundle = await rolldown({
    cwd: directory,
    input: Object.fromEntries(
      Object.entries(entries).map(([name, file]) => [name, join(directory, 'src', file)]),
    ),
    // For Node, the bundler may import from `node:module`.
    platform: needsNode('index') ? 'node' : 'neutral',
    external: isProgram ? [NODE] : [NODE, ...SIBLINGS],
    resolve: {
      conditionNames: ['@ploop/source', 'import', 'default'],
      mainFields: ['module', 'main'],
    },
    // That of the compiler: Node 20 knows no `await using`.
    transform: { target: 'es2022' },
    plugins: [later(directory, others), licences(others), workers],
    onLog: (level, { message }) => {
      if (level === 'warn') throw new Error(message);
    },
  });
  const { output } = await bundle.write({
    dir: join(directory, 'dist'),
    format: 'esm',
    sourcemap: true,
    comments: { legal: true, annotation: true, jsdoc: false },
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    ...(!isProgram && { codeSplitting: { groups: SHARED } }),
  });
  const chunks = new Map(output.map((chunk) => [chunk.fileName, chunk]));
  for (const name of Object.keys(entries).filter((entry) => !needsNode(entry)))
    for (const module of importedBy(`${name}.js`, chunks))
      if (NODE.test(module)) throw new Error(`${directory}: ${name} imports ${module}`);
  return [...chunks.keys()];
}

/** What an entry imports, directly or through chunks. */
function importedBy(fileName, chunks, seen = new Set()) {
  for (const module of chunks.get(fileName)?.imports ?? [])
    if (!seen.has(module)) importedBy(module, chunks, seen.add(module));
  return seen;
}
