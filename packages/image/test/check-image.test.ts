import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { DescriptorError } from '@ploop/descriptor';
import { memorySource, type ImageSource } from '@ploop/descriptor/internal';
import { hasTool, imageBytes, sample, temporaryDirectory } from '@ploop/test-kit';
import { mutants } from '@ploop/test-kit/disks/mutants';
import { systemPath } from '@ploop/test-kit/programs';
import { hasQemu } from '@ploop/test-kit/qemu';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { checkImage } from '../src/check/check-image.ts';

const env = { ...process.env, PATH: systemPath, LC_ALL: 'C', PLOOP_PAD: 'x'.repeat(8192) };

test.each(mutants)('$name: exactly its findings', async ({ bytes, codes }) => {
  const { diagnostics } = await checkImage(memorySource('f', bytes));
  expect(diagnostics.map(({ code }) => code)).toEqual(codes);
});

test.skipIf(!hasTool).each(mutants)('$name: the verdict of the tool', async ({ bytes, tool }) => {
  const path = join(await temporaryDirectory(), 'root.hdd');
  await writeFile(path, bytes);
  const { status } = spawnSync('ploop', ['check', '-f', '-c', '-r', path], { env });
  expect(status).toBe(tool);
});

test.skipIf(!hasQemu)('the verdicts of QEMU', async () => {
  const path = join(await temporaryDirectory(), 'root.hdd');
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...mutants), async ({ bytes, qemu }) => {
      await writeFile(path, bytes);
      expect(spawnSync('qemu-img', ['check', '-f', 'parallels', path], { env }).status).toBe(qemu);
    }),
    sample('verdicts of QEMU', 4),
  );
});

/** Any few bytes of an image changed. */
const damaged = fc
  .record({
    mutant: fc.constantFrom(...mutants),
    changes: fc.array(
      fc.record({
        at: fc.oneof(fc.integer({ min: 16, max: 63 }), fc.integer({ min: 0, max: 400 })),
        value: fc.oneof(fc.constantFrom(0, 0xff), fc.integer({ min: 0, max: 255 })),
      }),
      { maxLength: 12 },
    ),
    length: fc.option(fc.integer({ min: 0, max: 140_000 }), { nil: undefined }),
  })
  .map(({ mutant, changes, length }) => {
    const bytes = mutant.bytes.slice(0, length);
    for (const { at, value } of changes) if (at < bytes.length) bytes[at] = value;
    return bytes;
  });

test('whatever the bytes: no crash, nothing beyond the end, no memory for what a field says', async () => {
  await fc.assert(
    fc.asyncProperty(damaged, async (bytes) => {
      const { source, most } = guarded(bytes);
      try {
        const { usage, description } = await checkImage(source);
        if (usage === undefined) return;
        expect(usage.used + usage.extension + usage.unused).toBe(usage.data);
        expect(usage.used).toBeLessThanOrEqual(usage.allocated);
        expect(description.fileBytes).toBe(bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(DescriptorError);
      }
      expect(most()).toBeLessThanOrEqual(Math.max(bytes.length, 65_536));
    }),
    sample('damaged images', 300),
  );
});

test('what is after a BAT is read in pieces, however large the clusters are', async () => {
  const bytes = imageBytes({ blockSize: 8192, clusters: 5 }, [1], 1);
  const view = new DataView(bytes.buffer);
  const last = 8192 * 512 - 4;
  for (const at of [64 + 4 * 5, 100_000, last]) view.setUint32(at, 0x8000_0000, true);
  const { source, most } = guarded(bytes);
  const { diagnostics } = await checkImage(source);
  expect(diagnostics).toMatchObject([{ code: 'BAT_STALE', data: { entries: 3 } }]);
  expect(most()).toBeLessThanOrEqual(65_536);
});

/** Fails a read beyond the end, and tells the longest one. */
function guarded(bytes: Uint8Array): { readonly source: ImageSource; readonly most: () => number } {
  const inner = memorySource('f', bytes);
  let most = 0;
  const source: ImageSource = {
    ...inner,
    readAt: (target, position) => {
      expect(position + target.length).toBeLessThanOrEqual(bytes.length);
      most = Math.max(most, target.length);
      return inner.readAt(target, position);
    },
  };
  return { source, most: () => most };
}
