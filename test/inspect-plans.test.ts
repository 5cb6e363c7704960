import { copyFile, link, mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { main } from '../apps/inspect/src/main.ts';
import { isPloopError, openDisk } from '../packages/ploop/src/index.ts';
import {
  descriptorXml,
  imageBytes,
  sample,
  temporaryDirectory,
  testGuid,
} from '../packages/test-kit/src/index.ts';

const TOP = '{5fbaabe3-6958-40ff-92a7-860e329aab41}';
const RELEASES = ['1.12', '1.15', '7.0.280', '8.0.30', '9'] as const;
type ReleaseName = (typeof RELEASES)[number];

/** What can be wrong with an image of the disk. */
const FAULTS = {
  none: () => Promise.resolve(),
  missing: (file: string) => rm(file),
  linked: (file: string) => link(file, `${file}.link`),
  cut: (file: string) => truncate(file, 32_768 + 100),
  'no image': (file: string) => writeFile(file, 'no image'),
} as const satisfies Readonly<Record<string, (file: string) => Promise<void>>>;

/** What is given as the copy of an image. */
const COPIES = {
  'a copy': (file, to) => copyFile(file, to),
  'another image': (_file, to) => writeFile(to, imageBytes({ clusters: 8 }, [1, 2], 2)),
  'no image': (_file, to) => writeFile(to, 'no image'),
  nothing: () => Promise.resolve(),
  'a directory': (_file, to) => mkdir(to),
} as const satisfies Readonly<Record<string, (file: string, to: string) => Promise<void>>>;

const aDisk = fc.record({
  parents: fc.array(fc.nat(), { minLength: 1, maxLength: 5 }),
  topParent: fc.nat(),
  temporary: fc.option(fc.nat(), { freq: 4 }),
  fault: fc.constantFrom(...(Object.keys(FAULTS) as (keyof typeof FAULTS)[])),
  faulty: fc.nat(),
  operation: fc.constantFrom(
    'snapshot',
    'switch',
    'delete',
    'discard',
    'merge',
    'replace' as const,
  ),
  copy: fc.constantFrom(...(Object.keys(COPIES) as (keyof typeof COPIES)[])),
  target: fc.nat(),
  release: fc.constantFrom(...RELEASES),
});
type Given = typeof aDisk extends fc.Arbitrary<infer Value> ? Value : never;

async function made(given: Given) {
  const { parents, topParent, temporary, fault, faulty, target, copy } = given;
  const directory = await temporaryDirectory();
  const count = parents.length;
  const shots = [
    ...parents.map((parent, index) => ({
      guid: testGuid(index),
      file: `d${String(index)}`,
      ...(index > 0 && { parent: parent % index }),
      ...(temporary !== null && temporary % count === index && { temporary: true }),
    })),
    { guid: TOP, file: 'top', parent: topParent % count },
  ];
  await writeFile(
    join(directory, 'DiskDescriptor.xml'),
    descriptorXml(shots, { blockSize: '64', size: '512' }),
  );
  for (const [index, { file }] of shots.entries())
    await writeFile(
      join(directory, file),
      imageBytes({ clusters: 8 }, [0, index % 2, 1 - (index % 2)], 1),
    );
  const wanted = shots[target % shots.length]?.file ?? 'top';
  await COPIES[copy](join(directory, wanted), `${directory}.copy`);
  const { file } = shots[faulty % shots.length] ?? { file: 'top' };
  await FAULTS[fault](join(directory, file));
  return { directory, guids: shots.map(({ guid }) => guid) };
}

interface Judged {
  readonly outcome: string;
  readonly codes: readonly string[];
}

async function ofFacade(
  directory: string,
  operation: Given['operation'],
  guid: string,
  release: ReleaseName,
): Promise<Judged> {
  const { plan } = await openDisk(directory);
  const options = { release } as const;
  const calls = {
    snapshot: () => plan.snapshot(options),
    switch: () => plan.switchSnapshot(guid, options),
    delete: () => plan.deleteSnapshot(guid, options),
    discard: () => plan.deleteSnapshot(guid, { ...options, discardTop: true }),
    merge: () => plan.mergeSnapshot(guid, options),
    replace: () => plan.replace({ ...options, target: { guid }, file: `${directory}.copy` }),
  };
  try {
    const { outcome, refusals } = await calls[operation]();
    return { outcome, codes: refusals.map(({ code }) => code) };
  } catch (error) {
    if (!isPloopError(error) || error.reason === undefined) throw error;
    return { outcome: 'refused', codes: [error.reason] };
  }
}

async function ofInspect(
  directory: string,
  operation: Given['operation'],
  guid: string,
  release: ReleaseName,
): Promise<Judged> {
  const words = {
    snapshot: ['snapshot', directory],
    switch: ['switch', directory, guid],
    delete: ['delete', directory, guid],
    discard: ['delete', '--discard-top', directory, guid],
    merge: ['merge', directory, guid],
    replace: ['replace', directory, guid, '--file', `${directory}.copy`],
  }[operation];
  const { stdout, exitCode } = await main(['plan', ...words, '--release', release, '--json']);
  const { outcome, refusals } = JSON.parse(stdout) as {
    outcome: string;
    refusals: readonly { code: string }[];
  };
  if (outcome === 'refused') expect(exitCode).toBe(1);
  return { outcome, codes: refusals.map(({ code }) => code) };
}

test('ploop-inspect plans what ploop plans', { timeout: 120_000 }, async () => {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(aDisk, async (given) => {
      const { operation, release } = given;
      const { directory, guids } = await made(given);
      const guid = guids[given.target % guids.length] ?? TOP;
      const facade = await ofFacade(directory, operation, guid, release);
      const inspect = await ofInspect(directory, operation, guid, release);
      seen.set(facade.outcome, (seen.get(facade.outcome) ?? 0) + 1);
      expect({ ...inspect, outcome: inspect.outcome }).toMatchObject({ outcome: facade.outcome });
      if (facade.outcome === 'refused') expect(inspect.codes.length).toBeGreaterThan(0);
      for (const path of [directory, `${directory}.copy`])
        await rm(path, { recursive: true, force: true });
    }),
    { ...sample('plans of ploop-inspect', 40), endOnFailure: true },
  );
  console.info(`outcomes: ${JSON.stringify(Object.fromEntries(seen))}`);
});
