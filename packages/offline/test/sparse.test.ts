import { spawnSync } from 'node:child_process';
import { mkdtemp, open, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, hasTool, imageBytes, sample, temporaryDirectory } from '@ploop/test-kit';
import { systemPath } from '@ploop/test-kit/programs';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { checkDisk } from '../src/check/check-disk.ts';

const CLUSTER = 32_768;
const EXT4 = 0xef53;

interface SparseDisk {
  readonly version: 1 | 2;
  /** Which clusters of the file have data; the others are holes. */
  readonly stored: readonly boolean[];
}

const sparseDisk: fc.Arbitrary<SparseDisk> = fc.record({
  version: fc.constantFrom<1 | 2>(1, 2),
  stored: fc
    .array(fc.boolean(), { minLength: 1, maxLength: 12 })
    .filter((all) => all.includes(false)),
});

async function make(directory: string, { version, stored }: SparseDisk): Promise<string> {
  const unit = version === 1 ? 64 : 1;
  const entries = stored.map((_, index) => (index + 1) * unit);
  const bytes = imageBytes({ version }, entries);
  const path = join(directory, 'd0');
  const file = await open(path, 'w');
  await file.truncate(bytes.length);
  await file.write(bytes, 0, CLUSTER, 0);
  for (const [index, isStored] of stored.entries()) {
    const at = (index + 1) * CLUSTER;
    if (isStored) await file.write(bytes, at, CLUSTER, at);
  }
  await file.sync();
  await file.close();
  const xml = descriptorXml([{}], { blockSize: '64', size: '4096' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  return path;
}

function ploop(...argv: readonly string[]): number | null {
  const env = { ...process.env, PATH: systemPath, LC_ALL: 'C', PLOOP_PAD: 'x'.repeat(8192) };
  return spawnSync('ploop', argv, { env }).status;
}

/** What is found, except for the lock that the tool leaves. */
const findings = async (directory: string): Promise<readonly object[]> =>
  (await checkDisk(directory, { deep: true })).diagnostics.filter(
    ({ code }) => code !== 'LOCK_FILE',
  );

test.runIf(hasTool)('holes are a note, and the tool fills them as the page says', async () => {
  const root = await temporaryDirectory();
  // Only there the tool looks for holes.
  const isExt4 = (await statfs(root)).type === EXT4;
  await fc.assert(
    fc.asyncProperty(sparseDisk, async (disk) => {
      const directory = await mkdtemp(join(root, 'disk'));
      const path = await make(directory, disk);
      const { size, blocks } = await stat(path);
      expect(await findings(directory)).toMatchObject([
        { code: 'FILE_SPARSE', severity: 'info', data: { bytes: size, allocated: blocks * 512 } },
      ]);
      if (!isExt4) return;
      expect(ploop('check', path)).toBe(11);
      expect((await stat(path)).blocks).toBe(blocks);
      expect(ploop('check', '-r', join(directory, 'DiskDescriptor.xml'))).toBe(0);
      expect((await stat(path)).blocks * 512).toBeGreaterThanOrEqual(size);
      expect(await findings(directory)).toEqual([]);
    }),
    sample('images with holes', 3),
  );
});
