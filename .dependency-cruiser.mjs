import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The rooms of each package in their order. A name that ends in `.ts` is a file at the root of `src/`. */
const rooms = JSON.parse(readFileSync(join(import.meta.dirname, 'rooms.json'), 'utf8'));

/** The files of rooms, as a pattern of their paths. */
function filesOf(workspace, names) {
  const patterns = names.map((name) =>
    name.endsWith('.ts') ? `${name.replace('.', '\\.')}$` : `${name}/`,
  );
  return `(?:^|/)${workspace}/src/(?:${patterns.join('|')})`;
}

const roomRules = Object.entries(rooms).flatMap(([workspace, names]) =>
  names.slice(0, -1).map((name, index) => ({
    name: `rooms-of-${workspace.replace('/', '-')}`,
    comment:
      'Rooms depend one way, in the order of rooms.json: move what both need to the lower one.',
    severity: 'error',
    from: { path: filesOf(workspace, [name]), pathNot: '\\.test\\.ts$' },
    to: { path: filesOf(workspace, names.slice(index + 1)) },
  })),
);

// No file imports itself, not even through others and for types alone; the rooms of a package depend one way.
export default {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Move what both need into a file of its own.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...roomRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(?:build|dist)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.check.json' },
    enhancedResolveOptions: {
      conditionNames: ['@ploop/source', 'import', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
