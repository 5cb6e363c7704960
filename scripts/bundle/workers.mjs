// Files that a bundle starts by their path, such as those of threads: they stay files of their own.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const STARTED = /new URL\(["']\.\/([\w-]+\.js)["'], import\.meta\.url\)/g;

/** Copies each such file beside the chunk that names it. */
export const workers = {
  name: 'workers',
  generateBundle(_options, bundle) {
    for (const { code = '', fileName, moduleIds = [] } of Object.values(bundle))
      for (const [, name] of code.matchAll(STARTED)) {
        const file = moduleIds.map((id) => join(dirname(id), name)).find(existsSync);
        if (file === undefined) throw new Error(`${fileName} starts ${name}, which does not exist`);
        const source = readFileSync(file, 'utf8');
        this.emitFile({ type: 'asset', fileName: join(dirname(fileName), name), source });
      }
  },
};
