import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { NIL_GUID, type DiskDescriptor } from '@ploop/descriptor';
import { loadDescriptor } from '@ploop/descriptor/node';
import { planDelete, planMerge, type Plan } from '@ploop/descriptor/plan';
import { diskSpace, type OperationSpace } from '@ploop/offline';
import { hasTool, sample, temporaryDirectory } from '@ploop/test-kit';
import { hasCompiler, largeDiskSupport } from '@ploop/test-kit/preloads';
import { hasQemu } from '@ploop/test-kit/qemu';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createRunner } from '../../src/index.ts';
import { ASKED } from '../asked.ts';
import { toolIn } from '../tool.ts';
import { heldClusters, spaceDisk } from './disk.ts';
import { kept, promised, type Court } from './judge.ts';
import { makeDisk, placeIn } from './make-disk.ts';

function planOf(descriptor: DiskDescriptor, { operation, guid }: OperationSpace): Plan {
  const plan = operation === 'delete' ? planDelete : planMerge;
  return plan(descriptor, { guid }, { release: '1.15' });
}

test.skipIf(!hasTool || !hasCompiler || !hasQemu)(
  'every row of space says what the plan, the facade and the tool do',
  async () => {
    const root = await temporaryDirectory();
    const env = { LD_PRELOAD: largeDiskSupport(root) };
    const counts: Record<string, number> = {};
    const court: Court = {
      tool: toolIn(env),
      runner: createRunner({ env, ...ASKED }),
      count: (name) => {
        counts[name] = (counts[name] ?? 0) + 1;
      },
    };
    await fc.assert(
      fc.asyncProperty(spaceDisk, fc.nat(), async (disk, chosen) => {
        court.count('disks');
        const place = placeIn(join(root, `disk ${String(counts['disks'])}`));
        makeDisk(disk, place);
        const { descriptor, graph } = await loadDescriptor(place.directory);
        if (descriptor === undefined || graph === undefined) throw new TypeError('no descriptor');
        const { operations, images } = await diskSpace(place.directory);
        expect(operations.map(({ operation, guid }) => `${operation} ${guid}`)).toEqual(
          graph.nodes.flatMap(({ guid, parentGuid }) => [
            `delete ${guid}`,
            ...(parentGuid === NIL_GUID ? [] : [`merge ${guid}`]),
          ]),
        );
        for (const [index, { guid }] of descriptor.images.entries()) {
          const held = heldClusters(disk, index);
          const found = images.find((image) => image.guid === guid);
          if (held === undefined) expect(found?.allocated).toBeUndefined();
          else if (held !== 'other') expect(found?.allocated).toBe(held * disk.blockSize * 512);
        }
        const faults: string[] = [];
        for (const [index, row] of operations.entries()) {
          const plan = planOf(descriptor, row);
          const isTop = row.operation === 'delete' && row.guid === descriptor.topGuid;
          const found = [
            ...(isTop && row.outcome !== 'refused' ? ['the top is offered'] : []),
            ...(await promised(row, plan, place, court.runner)),
            ...(await kept(row, plan, place, court, index === chosen % operations.length)),
          ];
          faults.push(...found.map((fault) => `${row.operation} ${row.guid}: ${fault}`));
        }
        for (const { fault } of disk.faults) court.count(`fault: ${fault}`);
        rmSync(place.root, { recursive: true });
        expect(faults).toEqual([]);
      }),
      { ...sample('space rows', 2), endOnFailure: true },
    );
    console.info(`space rows: ${JSON.stringify(counts)}`);
  },
);
