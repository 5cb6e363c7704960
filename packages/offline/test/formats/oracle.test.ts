import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { sample, temporaryDirectory } from '@ploop/test-kit';
import { hasQemu, qemuImg } from '@ploop/test-kit/qemu';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { exportSnapshot } from '../../src/export/export-snapshot.ts';
import { openSnapshot } from '../../src/snapshot/open-snapshot.ts';
import { makeSource, sourceSpec } from './random-source.ts';

/** Milliseconds: programs that write to a busy disk take their time. */
const PATIENCE = process.env['PLOOP_RUNS'] === undefined ? 240_000 : 0;

test.runIf(hasQemu)(
  'QEMU finds nothing wrong with exports of random disks, and the same content',
  async () => {
    const root = await temporaryDirectory();
    const kinds = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(sourceSpec, fc.boolean(), fc.boolean(), async (spec, threads, compress) => {
        const place = await mkdtemp(join(root, 'disk '));
        const { path, states } = await makeSource(spec, join(place, 'source'));
        for (const [index, { guid, model }] of states.entries()) {
          const snapshot = await openSnapshot(path, guid);
          const file = join(place, `${String(index)}.qcow2`);
          const how = { threads, compress, verify: true, sync: false };
          const result = await exportSnapshot(snapshot, file, { format: 'qcow2', ...how });
          expect(result).toMatchObject({ size: snapshot.size, verified: true });
          await qemuImg('check', '-f', 'qcow2', file);
          const said = await qemuImg('compare', '-f', 'raw', '-F', 'qcow2', model, file);
          expect(said).toBe('Images are identical.\n');
          await snapshot.close();
          kinds.set(spec.kind, (kinds.get(spec.kind) ?? 0) + 1);
        }
        await rm(place, { recursive: true });
      }),
      { ...sample('formats', 4), endOnFailure: true },
    );
    console.info(`formats: ${JSON.stringify(Object.fromEntries(kinds))} compared with QEMU`);
  },
  PATIENCE,
);
