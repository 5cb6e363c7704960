import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, sample, temporaryDirectory, testGuid } from '@ploop/test-kit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  checkDisk,
  diskSpace,
  exportSnapshot,
  loadDescriptorOrImage,
  openSnapshot,
  stepFindings,
} from '../src/index.ts';

const CODES: ReadonlySet<string> = new Set(['BAT_LOST', 'MERGE_INTERRUPTED']);

interface Given {
  readonly blockSize: number;
  readonly version: 1 | 2;
  /** Places in the file of the clusters 0 to 7 of the disk; 0 for none. */
  readonly bat: readonly number[];
  /** How many clusters the merge has copied. */
  readonly done: number;
}

const given = fc
  .record({
    blockSize: fc.constantFrom(64, 128, 1024),
    version: fc.constantFrom<1 | 2>(1, 2),
    bat: fc.shuffledSubarray([1, 2, 3, 4, 5, 0, 0, 0], { minLength: 8, maxLength: 8 }),
    done: fc.integer({ min: 1, max: 5 }),
  })
  .filter(({ bat }) => bat.some((place) => place > 0));

/** A disk whose middle image has no table, and after it what a function makes of the clusters of the top. */
async function diskWith(
  { blockSize, version, bat, done }: Given,
  copy: (cluster: Uint8Array) => Uint8Array,
): Promise<string> {
  const directory = await temporaryDirectory();
  const sizes = { blockSize: String(blockSize), size: String(8 * blockSize) };
  const nodes = [{}, { parent: 0 }, { parent: 1 }];
  await writeFile(join(directory, 'DiskDescriptor.xml'), descriptorXml(nodes, sizes));
  const header = { blockSize, version, clusters: 8 };
  const clusterBytes = blockSize * 512;
  // Version 1 counts sectors.
  const entries = bat.map((place) => (version === 1 ? place * blockSize : place));
  const top = imageBytes(header, entries, 5);
  const start = top.length - 5 * clusterBytes;
  const copies = bat
    .filter((place) => place > 0)
    .slice(0, done)
    .map((place) => start + (place - 1) * clusterBytes)
    .map((at) => copy(top.subarray(at, at + clusterBytes)));
  const table = imageBytes(header, [], 0).subarray(0, start);
  await writeFile(join(directory, 'd0'), imageBytes(header, [version === 1 ? blockSize : 1], 1));
  await writeFile(join(directory, 'd1'), Buffer.concat([table, ...copies]));
  await writeFile(join(directory, 'd2'), top);
  return directory;
}

/** The codes about the table that each way to look at the disk reports. */
async function answers(directory: string): Promise<readonly (readonly string[])[]> {
  const codes = (findings: readonly { readonly code: string }[] = []): readonly string[] =>
    findings.map(({ code }) => code).filter((code) => CODES.has(code));
  const exported = async (guid?: string): Promise<readonly string[]> => {
    await using snapshot = await openSnapshot(directory, guid);
    const target = join(await temporaryDirectory(), 'disk.raw');
    return codes((await exportSnapshot(snapshot, target, { sync: false })).diagnostics);
  };
  return [
    codes((await checkDisk(directory, { deep: true })).diagnostics),
    codes((await diskSpace(directory)).diagnostics),
    await exported(),
    await exported(testGuid(1)),
  ];
}

async function faultsOfMerge(directory: string): Promise<readonly string[]> {
  const { descriptor, graph, path } = await loadDescriptorOrImage(directory);
  if (descriptor === undefined || graph === undefined) throw new Error('no descriptor');
  const disk = { path, directory, descriptor, graph };
  const findings = await stepFindings(disk, [{ step: 'merge', file: 'd2', into: 'd1' }]);
  return findings.map(({ code }) => code);
}

describe('a table of zeros has one cause, whoever asks', () => {
  test('an interrupted merge, which may be done again', async () => {
    await fc.assert(
      fc.asyncProperty(given, async (disk) => {
        const directory = await diskWith(disk, (cluster) => cluster);
        for (const codes of await answers(directory)) expect(codes).toEqual(['MERGE_INTERRUPTED']);
        expect(await faultsOfMerge(directory)).toEqual([]);
      }),
      sample('interrupted merges', 8),
    );
  });

  test('a lost table: what follows it is in no image above', async () => {
    await fc.assert(
      fc.asyncProperty(given, async (disk) => {
        const directory = await diskWith(disk, (cluster) => cluster.map((byte) => byte ^ 0xff));
        for (const codes of await answers(directory)) expect(codes).toEqual(['BAT_LOST']);
        expect(await faultsOfMerge(directory)).toContain('BAT_LOST');
      }),
      sample('lost tables below others', 8),
    );
  });

  test('a reverse merge, which empties a table', async () => {
    const [disk] = fc.sample(given, { numRuns: 1, seed: 1 });
    if (disk === undefined) throw new Error('no disk');
    const directory = await diskWith(disk, (cluster) => cluster.map((byte) => byte ^ 0xff));
    const sizes = { blockSize: String(disk.blockSize), size: String(8 * disk.blockSize) };
    const xml = descriptorXml([{}, { parent: 0 }, { parent: 1 }], sizes);
    await writeFile(
      join(directory, 'DiskDescriptor.xml'),
      xml.replace('</ParentGUID>', '</ParentGUID><TemporaryZero/>'),
    );
    for (const codes of await answers(directory)) expect(codes).toEqual([]);
  });
});
