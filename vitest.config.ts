import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

const conditions = ['@ploop/source', ...defaultServerConditions];
/** Tests that watch what is opened: the modules have to be loaded after that has begun. */
const WATCHING = ['packages/descriptor/test/confine.test.ts', 'apps/inspect/test/confine.test.ts'];

const project = (name: string, root: string) => ({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name,
    root,
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: WATCHING.map((path) => join(import.meta.dirname, path)),
    // Ends what hangs, and nothing that is slow on a busy machine. A count given by hand takes as long as it takes.
    testTimeout: process.env['PLOOP_RUNS'] === undefined ? 600_000 : 0,
    hookTimeout: 600_000,
    // Files share the modules that a worker has loaded. No test but those that watch changes what others see.
    isolate: false,
  },
});

const withKernel = (base: ReturnType<typeof project>) => ({
  ...base,
  test: {
    ...base.test,
    globalSetup: [join(import.meta.dirname, 'packages/ploop/test/kernel/setup.ts')],
  },
});

export default defineConfig({
  test: {
    globalSetup: ['packages/test-kit/src/require-tool.ts'],
    // Tests wait for programs much of the time: one worker for each core leaves cores idle.
    maxWorkers: 2 * availableParallelism(),
    projects: [
      project('descriptor', 'packages/descriptor'),
      withKernel(project('runner', 'packages/runner')),
      withKernel(project('ploop', 'packages/ploop')),
      project('inspect', 'apps/inspect'),
      project('examples', 'apps/examples'),
      {
        ...project('workspace', '.'),
        test: { ...project('workspace', '.').test, include: ['test/**/*.test.ts'] },
      },
      {
        ...project('confine', '.'),
        test: {
          ...project('confine', '.').test,
          include: WATCHING,
          exclude: [],
          isolate: true,
        },
      },
    ],
    reporters: ['default', './scripts/closing-line.mjs'],
    coverage: {
      provider: 'v8',
      include: ['packages/{descriptor,runner,ploop}/src/**/*.ts', 'apps/*/src/**/*.ts'],
      reporter: ['text', 'json-summary'],
    },
  },
});
