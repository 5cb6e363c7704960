import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';

import { descriptorXml, sample, temporaryDirectory } from '@ploop/test-kit';
import { SUPERBLOCKS } from '@ploop/test-kit/disks/superblocks';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { exportSnapshot, openSnapshot } from '../src/index.ts';

const PAGE = 4096;

const kinds = SUPERBLOCKS.filter(({ states, type }) => states.size === true && type !== 'fat16');
const script = fc.record({
  kind: fc.constantFrom(...kinds),
  pages: fc.integer({ min: 40, max: 60 }).map((pages) => pages * 8),
  excess: fc.constantFrom(0, 1, 9),
  salvage: fc.boolean(),
  toStream: fc.boolean(),
});

test('the export of a file system that is larger than its disk says so', async () => {
  await fc.assert(
    fc.asyncProperty(script, async ({ kind, pages, excess, salvage, toStream }) => {
      const directory = await mkdtemp(join(await temporaryDirectory(), 'disk'));
      const disk = Buffer.alloc(pages * PAGE);
      const id = new Uint8Array(16).fill(7);
      kind.write(disk, { label: 'LABEL', id, pages: pages + excess });
      const xml = descriptorXml([{}], { blockSize: '64', size: String(disk.length / 512) });
      await writeFile(join(directory, 'DiskDescriptor.xml'), xml.replace('Compressed', 'Plain'));
      await writeFile(join(directory, 'd0'), disk);
      const file = join(directory, 'disk.raw');
      const snapshot = await openSnapshot(directory);
      try {
        const target = toStream ? new PassThrough().resume() : file;
        const { diagnostics = [] } = await exportSnapshot(snapshot, target, {
          ...{ salvage, threads: false, sync: false },
        });
        const cut = { type: kind.type, size: (pages + excess) * PAGE, length: disk.length };
        expect(diagnostics).toMatchObject(
          excess === 0 ? [] : [{ code: 'FILE_SYSTEM_TRUNCATED', data: cut }],
        );
        // The rest is still written.
        if (!toStream) expect((await readFile(file)).equals(disk)).toBe(true);
      } finally {
        await snapshot.close();
      }
    }),
    sample('truncated exports', 10),
  );
});
