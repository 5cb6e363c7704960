// Packages that a program may never need: a file of their own, which is read at the first call of what they export.
import { dirname, join } from 'node:path';

import { rolldown } from 'rolldown';

/** What is used of each: functions. */
const EXPORTS = { execa: ['execa'] };

const MARK = '\0later:';

/** Functions that load the package when they are called. */
function stubOf(name) {
  const functions = EXPORTS[name].map(
    (one) => `export const ${one} = (...given) => require('./${name}.cjs').${one}(...given);`,
  );
  const load = 'const require = createRequire(import.meta.url);';
  return ["import { createRequire } from 'node:module';", load, ...functions].join('\n');
}

/** The package as CommonJS: `require` can be tried again after a failure, and an import keeps failing. */
async function fileOf(name, cwd) {
  const bundle = await rolldown({
    cwd,
    input: { [name]: name },
    platform: 'node',
    external: [/^node:/],
  });
  return bundle.generate({ format: 'cjs', sourcemap: true, entryFileNames: '[name].cjs' });
}

/**
 * Puts such packages beside the chunks that import them.
 *
 * @param cwd - From where they are resolved.
 * @param bundled - Receives the modules that the files hold.
 */
export const later = (cwd, bundled) => ({
  name: 'later',
  resolveId: (source) => (Object.hasOwn(EXPORTS, source) ? `${MARK}${source}` : undefined),
  load: (id) => (id.startsWith(MARK) ? stubOf(id.slice(MARK.length)) : undefined),
  async generateBundle(_options, bundle) {
    for (const { fileName, moduleIds = [] } of Object.values(bundle))
      for (const id of moduleIds.filter((one) => one.startsWith(MARK))) {
        const { output } = await fileOf(id.slice(MARK.length), cwd);
        for (const { type, fileName: name, code, source, modules } of output) {
          const placed = join(dirname(fileName), name);
          this.emitFile({ type: 'asset', fileName: placed, source: code ?? source });
          if (type === 'chunk') bundled.push(...Object.entries(modules));
        }
      }
  },
});
