import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';

import { messageOf } from '../../../packages/descriptor/src/diagnostics/format.ts';
import { DescriptorError } from '../../../packages/descriptor/src/errors.ts';
import { checkDisk, openSnapshot } from '../../../packages/offline/src/index.ts';
import { sample, temporaryDirectory } from '../../../packages/test-kit/src/index.ts';
import { diskIn } from '../disk.ts';
import { makeDisk, type Shape } from '../shape.ts';
import { shapes } from '../shapes.ts';
import { shuffled } from '../shuffled.ts';
import { descriptorKinds } from './descriptors.ts';
import { fileKinds } from './files.ts';
import { NAMES } from './form.ts';
import { imageKinds } from './images.ts';
import type { Kind } from './kind.ts';

const kinds: readonly Kind[] = [...descriptorKinds, ...fileKinds, ...imageKinds];
const { numRuns, seed } = sample('kinds of situations', 12);
const cases = fc.sample(
  fc.record({
    shape: shapes,
    which: fc.nat(),
    images: fc.integer({ min: 1, max: 6 }),
    name: fc.option(fc.constantFrom(...NAMES), { nil: undefined }),
  }),
  { numRuns, seed },
);
const order = shuffled(kinds, seed).map(({ row }) => row);
const counts = new Map<string, number>();

/** A chain of as few images as are asked for, if a kind can be at one of them, with names that are odd or plain. */
function shapeFor({ at }: Kind, { shape, images, name }: (typeof cases)[number]): Shape {
  const needed = at === undefined || at === 'base' ? 1 : at === 'middle' ? 3 : 2;
  const length = Math.max(needed, images);
  const rename = (file: string, level: number): string =>
    level === 0 ? (name ?? file) : `${name ?? shape.files[0] ?? ''}.${String(level)}`;
  return {
    ...shape,
    levels: shape.levels.slice(0, length),
    files: shape.files.slice(0, length).map(rename),
  };
}

/** The image that a kind is at. */
function levelOf({ at }: Kind, { files: { length } }: Shape, which: number): number {
  const [least, most] = {
    base: [0, 0],
    delta: [1, length - 1],
    below: [0, length - 2],
    middle: [1, length - 2],
    top: [length - 1, length - 1],
    any: [0, length - 1],
  }[at ?? 'any'] as [number, number];
  return least + (which % (most - least + 1));
}

async function codeOfOpening(directory: string): Promise<string | undefined> {
  try {
    await (await openSnapshot(directory)).close();
    return undefined;
  } catch (error) {
    if (error instanceof DescriptorError) return error.code;
    throw error;
  }
}

describe('each kind of situation is found on disks of every shape, and nothing on healthy ones', () => {
  for (const [index, given] of cases.entries()) {
    const kind = order[index % order.length];
    if (kind === undefined) continue;
    const { which } = given;
    const shape = shapeFor(kind, given);
    test(`${kind.name}, disk ${String(index)}`, async () => {
      const parent = join(await temporaryDirectory(), 'all kinds');
      mkdirSync(parent);
      for (const name of ['a disk', 'a healthy one']) makeDisk(join(parent, name), shape);
      const disk = diskIn(join(parent, 'a disk'), shape);
      expect((await checkDisk(disk.directory, { deep: true })).diagnostics).toEqual([]);

      kind.make(disk, levelOf(kind, shape, which));
      const { diagnostics } = await checkDisk(disk.directory, { deep: true });
      const found = diagnostics.find(({ code }) => code === kind.code);
      expect(found?.code, diagnostics.map(({ code }) => code).join()).toBe(kind.code);
      const expected = new Set<string>([kind.code, ...(kind.beside ?? [])]);
      const more = diagnostics.filter(
        ({ code, severity }) => severity !== 'info' && !expected.has(code),
      );
      expect(more).toEqual([]);
      if (kind.says !== undefined) expect(found && messageOf(found)).toMatch(kind.says);
      if (kind.opens !== undefined) expect(await codeOfOpening(disk.directory)).toBe(kind.opens);
      const healthy = await checkDisk(join(parent, 'a healthy one'), { deep: true });
      expect(healthy.diagnostics).toEqual([]);
      counts.set(kind.name, (counts.get(kind.name) ?? 0) + 1);
    });
  }

  afterAll(() => {
    const disks = [...counts.values()].reduce((sum, count) => sum + count, 0);
    console.info(
      `kinds: ${String(counts.size)} of ${String(kinds.length)}, ${String(disks)} disks`,
    );
  });
});
