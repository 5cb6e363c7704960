import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { sample, temporaryDirectory } from '@ploop/test-kit';
import { hasQemu, qemuImg, qemuName } from '@ploop/test-kit/qemu';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { openSnapshot } from '../../src/snapshot/open-snapshot.ts';
import { diskSpec, makeDisk, randomFrom } from './random-disk.ts';
import { hasInspect } from './readers.ts';
import { WAYS, writeModel } from './ways.ts';

const ways = Object.entries(WAYS).filter(
  ([name]) => hasInspect || !name.startsWith('ploop-inspect'),
);
const counts = new Map(ways.map(([name]) => [name, 0]));

/** Milliseconds: programs that write to a busy disk take their time. */
const PATIENCE = process.env['PLOOP_RUNS'] === undefined ? 240_000 : 0;

test(
  'every way out of random disks has what QEMU reads',
  async () => {
    expect(hasInspect || process.env['CI'] !== 'true').toBe(true);
    const root = await temporaryDirectory();
    let [disks, judged] = [0, 0];
    await fc.assert(
      fc.asyncProperty(diskSpec, async (spec) => {
        const directory = await mkdtemp(join(root, 'disk '));
        try {
          const { model, images } = await makeDisk(spec, directory);
          if (hasQemu) {
            const file = await writeModel({ model, directory });
            const said = await qemuImg('compare', '-f', 'raw', file, await qemuName(images));
            expect(said).toBe('Images are identical.\n');
            await rm(file);
            judged += 1;
          }
          const snapshot = await openSnapshot(directory);
          expect(snapshot.size).toBe(model.length);
          for (const [index, [name, way]] of ways.entries()) {
            const random = randomFrom(spec.seed + index);
            await way({ snapshot, model, directory, random }).catch((cause: unknown) => {
              throw new Error(`${name}: ${String(cause)}`, { cause });
            });
            counts.set(name, (counts.get(name) ?? 0) + 1);
          }
          await snapshot.checkUnchanged();
          await snapshot.close();
          disks += 1;
        } finally {
          await rm(directory, { recursive: true });
        }
      }),
      { ...sample('ways out', 1), endOnFailure: true },
    );
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    console.info(
      `ways out: ${String(ways.length)} ways, ${String(disks)} disks (${String(judged)} compared with QEMU), ${String(total)} in all`,
    );
  },
  PATIENCE,
);
