import { DescriptorError } from '@ploop/descriptor';
import type { ReadAt } from '@ploop/descriptor/internal';

import { openFileSystem } from '../../src/index.ts';
import { consume } from '../ext/consume.ts';
import { sparseReader, type Sparse } from '../xfs/sparse.ts';
import { applyChange, changeOf, fieldsOf, numbersFrom, type FieldChange } from './fields.ts';

/** Bytes that may be read: many times what a sound image needs. */
const MOST_READ = 2 ** 29;
/** Of the processor: a busy machine takes its time. */
const MOST_MILLISECONDS = 20_000;
const MOST_CHANGES = 4;

/** What came of many hostile images. */
export interface Seen {
  /** How often each code came up. */
  readonly codes: ReadonlyMap<string, number>;
  readonly slowest: { readonly milliseconds: number; readonly said: string };
}

/**
 * Reads images in turn, each time with other fields changed.
 *
 * @throws Error that names the image and the changes, if it is anything but answers and findings, or takes too long.
 */
export async function readHostile(
  images: ReadonlyMap<string, Sparse>,
  { numRuns, seed }: { readonly numRuns: number; readonly seed: number },
): Promise<Seen> {
  const bases = await Promise.all(
    Array.from(images, async ([name, sparse]) => {
      const { readAt } = sparseReader(sparse, new Map());
      return { name, sparse, fields: await fieldsOf(sparse, readAt) };
    }),
  );
  const next = numbersFrom(seed);
  const codes = new Map<string, number>();
  let slowest = { milliseconds: 0, said: '' };
  for (let run = 0; run < numRuns; run += 1) {
    const base = bases[run % bases.length];
    if (base === undefined) throw new Error('no image');
    const changes = changesOf(base.sparse, base.fields, next);
    const said = `${base.name}, run ${String(run)}: ${JSON.stringify(changes)}`;
    const start = process.cpuUsage();
    for (const code of await codesOf(base.sparse, changes, said))
      codes.set(code, (codes.get(code) ?? 0) + 1);
    const { user, system } = process.cpuUsage(start);
    const milliseconds = (user + system) / 1000;
    if (milliseconds > slowest.milliseconds) slowest = { milliseconds, said };
    if (milliseconds > MOST_MILLISECONDS) throw new Error(`takes too long: ${said}`);
  }
  return { codes, slowest };
}

function changesOf(
  { pages }: Sparse,
  fields: Float64Array,
  next: () => number,
): readonly FieldChange[] {
  const old = (place: number): number => pages.get(Math.floor(place / 4096))?.[place % 4096] ?? 0;
  const count = next() < 0.6 ? 1 : 1 + Math.floor(next() * MOST_CHANGES);
  return Array.from({ length: count }, () =>
    changeOf(fields[Math.floor(next() * fields.length)] ?? 0, old, next),
  );
}

async function codesOf(
  sparse: Sparse,
  changes: readonly FieldChange[],
  said: string,
): Promise<Iterable<string>> {
  const changed = new Map<number, number>();
  for (const change of changes) applyChange(changed, change);
  const { readAt, read } = sparseReader(sparse, changed);
  try {
    const codes = await codesIn(readAt, sparse.size);
    if (read.bytes > MOST_READ) throw new Error(`${String(read.bytes)} bytes were read`);
    return codes;
  } catch (error) {
    throw new Error(said, { cause: error });
  }
}

async function codesIn(readAt: ReadAt, size: number): Promise<Iterable<string>> {
  try {
    return await consume(await openFileSystem(readAt, { size }));
  } catch (error) {
    if (error instanceof DescriptorError) return [error.code];
    throw error;
  }
}
