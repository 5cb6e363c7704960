import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { TestProject } from 'vitest/node';

import { buildKernel, type Kernel } from './build.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly kernel: Kernel;
  }
}

/** Builds the stand-in once before the tests of all projects. Their number must never shrink unnoticed. */
export function setup({ vitest }: TestProject): (() => void) | undefined {
  const all = vitest.getRootProject();
  if ('kernel' in all.getProvidedContext()) return undefined;
  const directory = mkdtempSync(join(tmpdir(), 'ploop-kernel-'));
  const kernel = buildKernel(directory);
  if ('problem' in kernel) {
    const advice = 'apt-get install gcc libc6-dev libploop-dev';
    if (process.env['CI'] === 'true')
      throw new Error(
        `the kernel stand-in cannot be built, and CI=true: ${kernel.problem}. ${advice}`,
      );
    console.warn(
      `\n!!! SKIPPING EVERY TEST WITH A MOUNTED DISK: ${kernel.problem}. ${advice} !!!\n`,
    );
  }
  all.provide('kernel', kernel);
  return () => {
    rmSync(directory, { recursive: true, force: true });
  };
}
