import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, sample, temporaryDirectory } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { checkDisk } from '../src/check/check-disk.ts';
import { openSnapshot } from '../src/snapshot/open-snapshot.ts';

const CLUSTERS = 16;

const chain = fc.record({
  version: fc.constantFrom<1 | 2>(1, 2),
  blockSize: fc.constantFrom(64, 128, 256),
  /** Which clusters each image has. */
  images: fc.array(fc.uniqueArray(fc.nat(CLUSTERS - 1), { maxLength: 6 }), {
    minLength: 1,
    maxLength: 3,
  }),
});

test('the hint about an image that is called a bare disk gives its content back', async () => {
  const root = await temporaryDirectory();
  await fc.assert(
    fc.asyncProperty(chain, async ({ version, blockSize, images }) => {
      const directory = await mkdtemp(join(root, 'disk'));
      const cluster = blockSize * 512;
      const expected = Buffer.alloc(CLUSTERS * cluster);
      for (const [level, clusters] of images.entries()) {
        const bat = Array.from({ length: CLUSTERS }, (_, index) => clusters.indexOf(index) + 1);
        const entries = bat.map((entry) => entry * (version === 1 ? blockSize : 1));
        const image = imageBytes(
          { version, blockSize, clusters: CLUSTERS },
          entries,
          clusters.length,
        );
        for (const [place, index] of clusters.entries()) {
          const value = 1 + ((level * 50 + index) % 255);
          image.fill(value, (place + 1) * cluster, (place + 2) * cluster);
          expected.fill(value, index * cluster, (index + 1) * cluster);
        }
        await writeFile(join(directory, `d${String(level)}`), image);
      }
      const nodes = images.map((_, index) => (index === 0 ? {} : { parent: index - 1 }));
      const xml = descriptorXml(nodes, {
        blockSize: String(blockSize),
        size: String(CLUSTERS * blockSize),
      });
      const path = join(directory, 'DiskDescriptor.xml');
      await writeFile(path, xml.replaceAll('>Compressed<', '>Plain<'));

      const { diagnostics } = await checkDisk(directory);
      const shorter = images.length === 1 ? 'IMAGE_TRUNCATED' : 'BASE_SHORTER';
      const found = diagnostics.filter(({ code }) => ['BASE_NOT_RAW', shorter].includes(code));
      expect(found.map(({ code }) => code).sort()).toEqual(['BASE_NOT_RAW', shorter].sort());
      for (const { hint } of found) expect(hint).toContain('most likely it is an image');

      const copy = join(directory, 'copy.xml');
      await writeFile(copy, (await readFile(path, 'utf8')).replaceAll('>Plain<', '>Compressed<'));
      const snapshot = await openSnapshot(copy);
      expect(expected.equals(await snapshot.read(0, expected.length))).toBe(true);
      await snapshot.close();
      await rm(directory, { recursive: true });
    }),
    sample('images called bare', 20),
  );
});
