import { spawnSync } from 'node:child_process';
import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { hasTool, sample, temporaryDirectory } from '@ploop/test-kit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  isBase,
  parseDescriptorOrThrow,
  parseGuidArgument,
  resolveFile,
  sameGuid,
  toBytes,
  type DiskDescriptor,
} from '../src/index.ts';
import type { Plan } from '../src/plan/index.ts';
import { edits, lives, subjectOf, type Step } from './lives.ts';
import { operations, type Operation } from './operations.ts';

const env = {
  ...process.env,
  PATH: `${process.env['PATH'] ?? ''}:/usr/sbin`,
  LC_ALL: 'C',
  PLOOP_PAD: 'x'.repeat(8192),
};
const run = (...argv: readonly string[]): number | null =>
  spawnSync('ploop', ['-v-2', ...argv], { env }).status;

const parse = async (directory: string): Promise<DiskDescriptor> =>
  parseDescriptorOrThrow(await readFile(join(directory, 'DiskDescriptor.xml')));
const imagesIn = async (directory: string): Promise<readonly string[]> =>
  (await readdir(directory)).filter((name) => !name.startsWith('DiskDescriptor')).sort();

/** The files that a plan leaves, of those before. */
function filesAfter(files: readonly string[], { actions }: Plan): readonly string[] {
  const left = new Set(files);
  for (const step of actions) {
    if (step.action === 'create') left.add(step.file);
    if (step.action === 'remove' || step.action === 'rename') left.delete(step.file);
  }
  return [...left].sort();
}

/** A text in which the GUID of a planned delta is the one that the tool chose. */
function matched(text: string, planned: readonly string[], actual: readonly string[]): string {
  const [mine] = planned.filter((file) => !actual.includes(file));
  const [theirs] = actual.filter((file) => !planned.includes(file));
  if (mine === undefined || theirs === undefined) return text;
  expect(theirs.slice(0, -38)).toBe(mine.slice(0, -38));
  return text.replaceAll(mine, theirs);
}

async function compare(directory: string, { plan, calls }: Operation): Promise<void> {
  const [first = []] = calls;
  const files = await imagesIn(directory);
  const expected = filesAfter(files, plan);
  const descriptorPath = join(directory, 'DiskDescriptor.xml');
  const [refusal] = plan.refusals;
  if (refusal === undefined) for (const call of calls) expect(run(...call, descriptorPath)).toBe(0);
  else expect(run(...first, descriptorPath)).toBe(refusal.exitCodes['1.15']);

  const actual = await imagesIn(directory);
  const after = matched(JSON.stringify(plan.descriptor), expected, actual);
  expect(JSON.parse(after)).toEqual(await parse(directory));
  const left = expected.map((file) => matched(file, expected, actual));
  expect(left.sort()).toEqual(actual);
}

/** Plans a step and, where that does no harm, takes it; says what it came to. */
async function take(directory: string, step: Step, count: number): Promise<string> {
  const before = await parse(directory);
  const subject = subjectOf(before, directory, step, count);
  const guid = parseGuidArgument(subject.guid) ?? '';
  const image = before.images.find((one) => sameGuid(one.guid, guid)) ?? before.images[0];
  if (step[0].startsWith('replace'))
    await copyFile(resolveFile(directory, image?.file ?? ''), join(directory, subject.copy));
  const operation = operations[step[0]](subject);
  const { outcome, refusals, warnings } = operation.plan;
  const [refusal] = refusals;
  // What no release refuses destroys data; what is refused halfway is not begun.
  const isOurs = refusal !== undefined && refusal.exitCodes['1.15'] === undefined;
  const isHalfway = refusal !== undefined && operation.calls.length > 1;
  if (!isOurs && !isHalfway) await compare(directory, operation);
  const along = warnings.some(({ code }) => code === 'TEMPORARY_MERGED') ? ' and more' : '';
  return `${step[0]}: ${refusal?.code ?? outcome}${along}`;
}

/** Makes the bases bare disks, as a raw disk has them. */
async function makeBareDisks(directory: string): Promise<void> {
  const { images, shots, size } = await parse(directory);
  const bases = shots.filter(isBase);
  for (const { guid, file } of images)
    if (bases.some((shot) => sameGuid(shot.guid, guid)))
      await writeFile(resolveFile(directory, file), new Uint8Array(toBytes(size)));
}

describe.skipIf(!hasTool)('the real tool', () => {
  test('does what was planned', async () => {
    const directory = await temporaryDirectory();
    const descriptorPath = join(directory, 'DiskDescriptor.xml');
    const counts = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(lives, async ({ growth, edit, ending }) => {
        for (const file of await readdir(directory)) await rm(join(directory, file));
        const made = run('init', '-t', 'none', '-s', '1M', '-b', '64', join(directory, 'root.hdd'));
        expect(made).toBe(0);
        for (const [count, step] of [...growth, ...ending].entries()) {
          if (count === growth.length) {
            const text = await readFile(descriptorPath, 'utf8');
            await writeFile(descriptorPath, edits[edit](text, directory));
            if (edit === 'raw') await makeBareDisks(directory);
          }
          const name = await take(directory, step, count);
          counts.set(name, (counts.get(name) ?? 0) + 1);
        }
      }),
      sample('plans', 12),
    );
    const rows = [...counts].sort().map(([name, count]) => `${name} ${String(count)}`);
    console.info(rows.join('\n'));
  });
});
