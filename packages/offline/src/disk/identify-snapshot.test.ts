import { appendFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { DiskContent } from '@ploop/contents';
import type { DescriptorError } from '@ploop/descriptor';
import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { identifySnapshot, identifySnapshotSync, snapshotContent } from './identify-snapshot.ts';

const CLUSTER = 32768;

/** A disk whose first sector is a boot record in the base, which the top overwrites with zeros. */
async function disk(): Promise<string> {
  const directory = await temporaryDirectory();
  const xml = descriptorXml([{}, { parent: 0 }], { blockSize: '64' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  const base = imageBytes({ clusters: 4 }, [1]);
  const view = new DataView(base.buffer, base.byteOffset + CLUSTER, 512);
  new Uint8Array(view.buffer, view.byteOffset, 512).fill(0);
  view.setUint8(450, 0x83);
  view.setUint32(454, 1, true);
  view.setUint32(458, 255, true);
  view.setUint16(510, 0xaa55, true);
  await writeFile(join(directory, 'd0'), base);
  const top = imageBytes({ clusters: 4 }, [1]);
  top.fill(0, CLUSTER);
  await writeFile(join(directory, 'd1'), top);
  return directory;
}

async function both(...given: Parameters<typeof identifySnapshot>): Promise<DiskContent> {
  const content = await identifySnapshot(...given);
  expect(identifySnapshotSync(...given)).toEqual(content);
  return content;
}

test('what is on a snapshot, and on the top', async () => {
  const directory = await disk();
  expect(await both(directory, testGuid(0))).toMatchObject({
    partitionTable: { scheme: 'mbr', partitions: [{ number: 1, start: 512, length: 255 * 512 }] },
    fileSystems: [],
  });
  expect(await both(directory)).toEqual({ fileSystems: [], diagnostics: [] });
});

test('what cannot be read has a code', async () => {
  const directory = await disk();
  await writeFile(join(directory, 'd0'), 'short');
  const code = 'HEADER_TOO_SHORT';
  await expect(identifySnapshot(directory)).rejects.toMatchObject({ code });
  expect(() => identifySnapshotSync(directory)).toThrow(expect.objectContaining({ code }));
});

test('nothing is reported of images that are written to meanwhile', async () => {
  const outcomes = new Set<unknown>();
  for (let moment = 0; moment < 40; moment += 1) {
    const directory = await disk();
    const steps = snapshotContent(directory);
    try {
      let turn = steps.next();
      for (let step = 0; turn.done !== true; step += 1) {
        if (step === moment) appendFileSync(join(directory, 'd0'), 'x');
        turn = steps.next(turn.value.sync());
      }
      expect(turn.value).toEqual({ fileSystems: [], diagnostics: [] });
      outcomes.add('told');
    } catch (error) {
      outcomes.add((error as DescriptorError).code);
    }
  }
  expect([...outcomes].toSorted()).toEqual(['IMAGE_CHANGED', 'told']);
});
