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

/** What is written: the format, and whether its data are compressed. */
const ways = fc.constantFrom(
  ...([
    ['qcow2', false],
    ['qcow2', true],
    ['vmdk', false],
    ['vmdk', true],
    ['vhdx', false],
  ] as const),
);

test.runIf(hasQemu)(
  'QEMU finds nothing wrong with exports of random disks, and the same content',
  async () => {
    const root = await temporaryDirectory();
    const kinds = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        sourceSpec,
        ways,
        fc.boolean(),
        async (spec, [format, compress], threads) => {
          const place = await mkdtemp(join(root, 'disk '));
          const { path, states } = await makeSource(spec, join(place, 'source'));
          for (const [index, { guid, model }] of states.entries()) {
            const snapshot = await openSnapshot(path, guid);
            const file = join(place, `${String(index)}.${format}`);
            const how = { threads, compress, verify: true, sync: false };
            const result = await exportSnapshot(snapshot, file, { format, ...how });
            expect(result).toMatchObject({ size: snapshot.size, verified: true });
            await qemuImg('check', '-f', format, file);
            const said = await qemuImg('compare', '-f', 'raw', '-F', format, model, file);
            expect(said).toBe('Images are identical.\n');
            await snapshot.close();
            const kind = `${spec.kind} as ${format}${compress ? ' compressed' : ''}`;
            kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
          }
          await rm(place, { recursive: true });
        },
      ),
      { ...sample('formats', 4), endOnFailure: true },
    );
    console.info(`formats: ${JSON.stringify(Object.fromEntries(kinds))} compared with QEMU`);
  },
  PATIENCE,
);
