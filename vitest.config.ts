import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const conditions = ['@ploop/source', ...defaultServerConditions];
/** Tests that watch what is opened: the modules have to be loaded after that has begun. */
const WATCHING = ['packages/offline/test/confine.test.ts', 'apps/inspect/test/confine.test.ts'];

/** What all tests have in common. */
const COMMON = {
  // Ends what hangs, and nothing that is slow on a busy machine. A count given by hand takes as long as it takes.
  testTimeout: process.env['PLOOP_RUNS'] === undefined ? 600_000 : 0,
  hookTimeout: 600_000,
};

/** What takes longest, as the sizes of its files do not show: it starts first, so that nothing long runs alone at the end. */
const LONG = new Set([
  ...WATCHING.map((path) => join(import.meta.dirname, path)),
  ...Object.entries({
    'packages/ploop/test':
      'resize real-tool guard/oracle plan-properties online-properties properties outcome refusals superblock soak kill goploop-scenario',
    'packages/runner/test': 'real-commands runner damage',
    'packages/descriptor/test': 'memory',
    'packages/offline/test': 'open-files',
    'packages/offline/src/export': 'verify-export threads planted',
    'test/pages': 'pages',
  }).flatMap(([directory, names]) =>
    names.split(' ').map((name) => join(import.meta.dirname, directory, `${name}.test.ts`)),
  ),
]);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number => (LONG.has(moduleId) ? 0 : 1);
    return sorted.toSorted((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  test: {
    globalSetup: ['packages/test-kit/src/require-tool.ts'],
    // Tests wait for programs much of the time: one worker for each core leaves cores idle.
    maxWorkers: 2 * availableParallelism(),
    sequence: { sequencer: LongestFirst },
    // One project for all packages: each would compile the sources of the others again.
    projects: [
      {
        ...{ resolve: { conditions }, ssr: { resolve: { conditions } } },
        test: {
          ...COMMON,
          name: 'all',
          include: ['{packages,apps}/*/{src,test}/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: WATCHING,
          // Files share the modules that a worker has loaded. No test but those that watch changes what others see.
          isolate: false,
          globalSetup: ['packages/ploop/test/kernel/setup.ts'],
        },
      },
      {
        ...{ resolve: { conditions }, ssr: { resolve: { conditions } } },
        test: { ...COMMON, name: 'watching', include: WATCHING, isolate: true },
      },
    ],
    reporters: ['default', './scripts/closing-line.mjs'],
    coverage: {
      provider: 'v8',
      include: [
        'packages/{descriptor,image,contents,offline,runner,ploop}/src/**/*.ts',
        'apps/*/src/**/*.ts',
      ],
      reporter: ['text', 'json-summary'],
    },
  },
});
