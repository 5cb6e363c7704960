import { join } from 'node:path';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';

import { buildGraph, parseDescriptor, serializeDescriptor } from '@ploop/descriptor';
import { descriptorXml, imageBytes, sample, temporaryDirectory } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { recoverDisk, type RecoveryCandidate } from '../../src/index.ts';
import { randomDisk, type DiskPlan, type RandomDisk } from './random-disk.ts';

const step = fc.record({
  action: fc.constantFrom('write', 'write', 'write', 'snapshot', 'snapshot', 'switch'),
  pick: fc.nat(10_000),
  bytes: fc.integer({ min: 600, max: 60_000 }),
}) as fc.Arbitrary<DiskPlan['steps'][number]>;
const plans: fc.Arbitrary<DiskPlan> = fc.record({
  hasFiles: fc.boolean(),
  times: fc.constantFrom('kept', 'kept', 'copied', 'equal'),
  steps: fc.array(step, { minLength: 6, maxLength: 18 }),
});

/** Whether a candidate is the disk, up to the names of its snapshots. */
function isTrue({ descriptor }: RecoveryCandidate, { parents, top }: RandomDisk): boolean {
  const graph = buildGraph(descriptor);
  const found = new Map(
    graph.nodes.map(({ image, parentGuid }) => [image?.file, graph.node(parentGuid)?.image?.file]),
  );
  return (
    graph.top?.image?.file === top &&
    found.size === parents.size &&
    [...parents].every(([name, parent]) => found.has(name) && found.get(name) === parent)
  );
}

test('random disks that have lost their descriptor', async () => {
  const counts = { disks: 0, first: 0, tied: 0, cut: 0, telling: 0, tellingTied: 0 };
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const disk = await randomDisk(plan);
      const { candidates, isAmbiguous } = await recoverDisk(disk.directory);
      const place = candidates.findIndex((candidate) => isTrue(candidate, disk));
      // Files that are written one after the other leave traces in every image, and times tell the top.
      const isTelling = plan.hasFiles && plan.times === 'kept';
      counts.disks += 1;
      counts.first += place === 0 ? 1 : 0;
      counts.tied += isAmbiguous ? 1 : 0;
      counts.cut += place === -1 ? 1 : 0;
      counts.telling += isTelling ? 1 : 0;
      counts.tellingTied += isTelling && isAmbiguous ? 1 : 0;
      // More may be tied than are listed.
      const isListed = place !== -1 || candidates.length < 20;
      if (isListed) expect(place === 0 || candidates[place]?.confidence === 'tied').toBe(true);
      else expect(isAmbiguous).toBe(true);
      expect(isAmbiguous).toBe(candidates.some((one) => one.confidence === 'tied'));
      await rm(join(disk.directory, '..'), { recursive: true });
    }),
    { ...sample('recovered disks', 10), endOnFailure: true },
  );
  console.info(JSON.stringify(counts));
  // A share of fewer disks says nothing.
  if (counts.telling >= 40) expect(counts.tellingTied / counts.telling).toBeLessThanOrEqual(0.05);
});

test('a candidate is a descriptor that the tool accepts', async () => {
  const directory = await temporaryDirectory();
  for (const [index, name] of [
    'root.hdd',
    'root.hdd.{11111111-0000-4000-8000-000000000000}',
  ].entries())
    await writeFile(
      join(directory, name),
      imageBytes({ clusters: 8 }, index === 0 ? [1] : [0, 1], 1),
    );
  const { candidates, isAmbiguous } = await recoverDisk(directory);
  const [only] = candidates;
  if (only === undefined) throw new Error('no candidate');
  expect(isAmbiguous).toBe(false);
  const { accepted, descriptor } = parseDescriptor(serializeDescriptor(only.descriptor));
  expect(accepted).toBe(true);
  expect(descriptor?.images.map(({ file }) => file)).toEqual([
    'root.hdd',
    expect.stringContaining('{'),
  ]);
});

test('a copy of the descriptor states parents and GUIDs', async () => {
  const directory = join(await temporaryDirectory(), 'disk');
  await mkdir(directory);
  const guid = '{22222222-0000-4000-8000-000000000000}';
  const nodes = [{ file: 'a' }, { file: 'b', parent: 0, guid }, { file: 'c', parent: 0 }];
  await writeFile(
    join(directory, 'DiskDescriptor.xml.Backup'),
    descriptorXml(nodes, { blockSize: '64', size: '512' }),
  );
  for (const { file } of nodes)
    await writeFile(join(directory, file), imageBytes({ clusters: 8 }, []));
  const { candidates } = await recoverDisk(directory);
  const graph = candidates[0] && buildGraph(candidates[0].descriptor);
  expect(graph?.nodes.find(({ image }) => image?.file === 'c')?.parentGuid).toBe(
    graph?.nodes.find(({ image }) => image?.file === 'a')?.guid,
  );
  expect(candidates[0]?.evidence.flatMap(({ because }) => because)).toContain(
    'DiskDescriptor.xml.Backup states this parent',
  );
  expect(await readFile(join(directory, 'a'))).toHaveLength(imageBytes({ clusters: 8 }, []).length);
});

test('a directory without images has no candidate', async () => {
  const directory = await temporaryDirectory();
  expect(await recoverDisk(directory)).toMatchObject({ candidates: [], isAmbiguous: false });
  await expect(recoverDisk(join(directory, 'none'))).rejects.toThrow('FILE_UNREADABLE');
});
