import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';

import { build } from 'vite';

/** Bytes of our own code in the core entry, bundled, minified and gzipped. */
export async function coreBytes() {
  const { output } = await build({
    root: dirname(import.meta.dirname),
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      target: 'es2022',
      rolldownOptions: {
        input: 'src/index.ts',
        external: ['fast-xml-parser', 'saxes', 'd3-hierarchy'],
        preserveEntrySignatures: 'strict',
      },
    },
  });
  return gzipSync(output.map(({ code }) => code).join(''), { level: 9 }).length;
}
