import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { loadDescriptor } from '@ploop/descriptor/node';
import { hasTool, sample, temporaryDirectory } from '@ploop/test-kit';
import { diskScript, filesOf, makeDisk } from '@ploop/test-kit/disks/disk-script';
import { ploop } from '@ploop/test-kit/disks/tool';
import { hasQemu } from '@ploop/test-kit/qemu';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { openSnapshot } from '../src/snapshot/open-snapshot.ts';
import { diskSpace } from '../src/space/disk-space.ts';

async function bytesIn(directory: string): Promise<number> {
  const names = (await readdir(directory)).filter((name) => !name.startsWith('DiskDescriptor'));
  const sizes = await Promise.all(
    names.map(async (name) => (await stat(join(directory, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

const counts = { disks: 0, operations: 0, merges: 0, grown: 0 };

test.runIf(hasTool && hasQemu)('what is predicted is what the tool does', async () => {
  const root = await temporaryDirectory();
  const input = fc.record({
    script: diskScript,
    choices: fc.array(fc.nat(), { minLength: 3, maxLength: 3 }),
    grown: fc.constantFrom(0, 3, 9000, 20_000),
  });
  await fc.assert(
    fc.asyncProperty(input, async ({ script, choices, grown }) => {
      const work = await mkdtemp(join(root, 'disk '));
      const directory = join(work, 'root.hdd');
      await mkdir(directory);
      await makeDisk(script, directory);
      const path = join(directory, 'DiskDescriptor.xml');
      const top = (await filesOf(directory)).at(-1);
      if (
        grown > 0 &&
        script.blockSize <= 512 &&
        top !== undefined &&
        script.format === 'expanded'
      ) {
        await ploop('', 'grow', '-s', String((script.clusters + grown) * script.blockSize), top);
        counts.grown += 1;
      }
      for (const choice of choices) {
        const { operations, images, leftovers } = await diskSpace(directory);
        const one = operations[choice % Math.max(1, operations.length)];
        if (one === undefined) break;
        const before = await bytesIn(directory);
        const orphans = leftovers.filter(({ code }) => code === 'DELTA_ORPHANED');
        expect([...images, ...orphans].reduce((sum, { bytes }) => sum + bytes, 0)).toBe(before);
        const command = one.operation === 'delete' ? 'snapshot-delete' : 'snapshot-merge';
        // Some of what is refused the tool does, and does wrong.
        if (one.outcome === 'refused') continue;
        await ploop('', command, '-u', one.guid, path);
        expect(before - (await bytesIn(directory))).toBe(one.frees);
        counts.operations += 1;
        counts.merges += (one.moves ?? 0) > 0 ? 1 : 0;
      }
      counts.disks += 1;
      await rm(work, { recursive: true });
    }),
    { ...sample('space', 1), endOnFailure: true },
  );
  console.info('space:', JSON.stringify(counts));
});

test.runIf(hasTool && hasQemu)('what an image has is what its snapshot shows of it', async () => {
  const root = await temporaryDirectory();
  await fc.assert(
    fc.asyncProperty(diskScript, async (script) => {
      const directory = await mkdtemp(join(root, 'disk '));
      await makeDisk(script, directory);
      const { images } = await diskSpace(directory);
      const { graph } = await loadDescriptor(directory);
      const clusterBytes = script.blockSize * 512;
      for (const { guid, allocated, unique, shadowed } of images) {
        const children = graph?.children(guid) ?? [];
        const snapshot = await openSnapshot(directory, guid);
        const own = await ownClusters(snapshot, clusterBytes);
        expect(allocated).toBe(own.size * clusterBytes);
        const seen = new Set<number>();
        for (const child of children) {
          const above = await openSnapshot(directory, child.guid);
          const over = await ownClusters(above, clusterBytes);
          for (const cluster of own) if (!over.has(cluster)) seen.add(cluster);
          await above.close();
        }
        expect(unique).toBe((own.size - seen.size) * clusterBytes);
        expect(shadowed).toBe(children.length === 0 ? 0 : unique);
        await snapshot.close();
      }
      await rm(directory, { recursive: true });
    }),
    { ...sample('clusters', 1), endOnFailure: true },
  );
});

/** Clusters that come from the last image of a snapshot. */
async function ownClusters(
  snapshot: Awaited<ReturnType<typeof openSnapshot>>,
  clusterBytes: number,
): Promise<ReadonlySet<number>> {
  const own = new Set<number>();
  for await (const extent of snapshot.extents())
    if (extent.allocated && extent.layer === snapshot.layers.length - 1)
      for (let at = 0; at < extent.length; at += clusterBytes)
        own.add(Math.floor((extent.start + at) / clusterBytes));
  return own;
}
