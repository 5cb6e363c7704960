import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { hasTool, sample, temporaryDirectory } from '@ploop/test-kit';
import { hasCompiler, largeDiskSupport } from '@ploop/test-kit/preloads';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { DiagnosticCode } from '../../src/index.ts';
import { toolIn } from '../tool.ts';
import { makeChain } from './disk.ts';
import { judge } from './judge.ts';
import { FAULTS, type FaultName } from './mutants.ts';
import { OPERATIONS } from './operations.ts';
import { makeRival, type Rival } from './rival.ts';

/** Findings for which a change is refused although the tool may do it well on a given disk, and why. */
const EXPLAINED: Readonly<Partial<Record<DiagnosticCode, string>>> = {
  CLUSTER_BEFORE_DATA: 'the damage would look like sound data afterwards',
  CLUSTER_BEYOND_END: 'the damage would look like sound data afterwards',
  CLUSTER_MISALIGNED: 'the damage would look like sound data afterwards',
  CLUSTER_SHARED: 'the damage would look like sound data afterwards',
  CHAIN_CLUSTER_SIZE: 'it is done well only if one of the two has no cluster',
  CHAIN_VERSION: 'it is done well only if one of the two has no cluster',
  CHAIN_SHRUNK:
    'it is done well only if there is nothing beyond the end; no tool makes such a chain',
  BAT_STALE: 'it is done well only if the old entries are overwritten',
  SIZE_NOT_WHOLE: 'it is done well only if there is nothing in the last cluster',
  IMAGE_FOREIGN: 'the tool does not open most of them',
  FILE_END_ODD: 'it is done well only if the tail is zero',
  HEADER_INVALID: 'the data of the image cannot be read',
  HEADER_TOO_SHORT: 'the data of the image cannot be read',
  DESCRIPTOR_RIVAL:
    'it is kept only if what changes in the image is not seen through the other state',
};

const names = Object.keys(FAULTS) as readonly FaultName[];
const fault = fc.oneof(
  { weight: 2, arbitrary: fc.constant<FaultName>('healthy') },
  { weight: 1, arbitrary: fc.constantFrom(...names) },
);
const rival: fc.Arbitrary<Rival> = fc.record({
  name: fc.constantFrom('DiskDescriptor.xml.copy', 'DiskDescriptor.xml.Backup', 'before.xml'),
  shared: fc.integer({ min: 1, max: 3 }),
  on: fc.nat({ max: 2 }),
  isTop: fc.boolean(),
  own: fc.constantFrom('data', 'data', 'empty', 'missing'),
});

test.skipIf(!hasTool || !hasCompiler)(
  'no change is let through that damages a disk, and none refused without a reason',
  async () => {
    const root = await temporaryDirectory();
    const env = { LD_PRELOAD: largeDiskSupport(root) };
    const tool = toolIn(env);
    const counts: Record<string, number> = {};
    const input = fc.record({
      version: fc.constantFrom(1 as const, 2 as const),
      faults: fc.tuple(fault, fault, fault),
      beside: fc.option(rival, { nil: undefined, freq: 2 }),
      name: fc.constantFrom(...Object.keys(OPERATIONS)),
    });
    let disks = 0;
    await fc.assert(
      fc.asyncProperty(input, async ({ version, faults, name, beside }) => {
        const operation = OPERATIONS[name];
        if (operation === undefined) throw new TypeError('an operation of the table');
        disks += 1;
        const disk = join(root, String(disks));
        const chain = operation.alone === true ? faults.slice(0, 1) : faults;
        makeChain(disk, chain, version);
        const shared = Math.min(beside?.shared ?? 0, chain.length);
        const other = beside && { ...beside, shared };
        if (other !== undefined) makeRival(disk, { ...other, version });
        try {
          const verdict = await judge(disk, operation, tool, env, other);
          const answer = verdict.refused === undefined ? 'allowed' : 'refused';
          counts[`tool ${verdict.tool}, ${answer}`] =
            (counts[`tool ${verdict.tool}, ${answer}`] ?? 0) + 1;
          if (verdict.tool === 'damaged') expect(verdict).not.toMatchObject({ refused: undefined });
          if (verdict.tool !== 'kept' || verdict.refused === undefined) return;
          expect(verdict.refused).not.toEqual([]);
          for (const code of verdict.refused) expect(EXPLAINED).toHaveProperty(code);
        } finally {
          rmSync(disk, { recursive: true });
        }
      }),
      sample('image guard', 40),
    );
    console.info(`image guard: ${JSON.stringify(counts)}`);
  },
  3_600_000,
);
