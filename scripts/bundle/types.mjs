// build/*.d.ts → dist/*.d.ts: one file an entry, and what entries share. Their maps lead to the sources.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

/** Only siblings use these entries, and none of them passes such a type on. */
const INTERNAL = /Entry "(?:.*\/)?internal\.d\.ts" still references private shared type/;

export async function bundleTypes({ directory, entries }) {
  const inputs = Object.entries(entries).map(([name, file]) => [
    name,
    join(directory, 'build', file.replace(/\.ts$/, '.d.ts')),
  ]);
  const missing = inputs.find(([, file]) => !existsSync(file));
  if (missing !== undefined) throw new Error(`${missing[1]} does not exist: run tsc -b first`);
  const bundle = await rollup({
    input: Object.fromEntries(inputs),
    external: [/^node:/, /^@ploop\//, /^ploop$/],
    plugins: [dts({ sourcemap: true, tsconfig: join(directory, 'tsconfig.json') })],
    onwarn: ({ message }) => {
      if (!INTERNAL.test(message)) throw new Error(message);
    },
  });
  const { output } = await bundle.write({
    dir: join(directory, 'dist'),
    format: 'es',
    sourcemap: true,
    minifyInternalExports: false,
    entryFileNames: '[name].d.ts',
    chunkFileNames: ({ name }) => `chunks/${name.replace(/\.d$/, '')}.d.ts`,
  });
  await bundle.close();
  return output.map(({ fileName }) => fileName);
}
