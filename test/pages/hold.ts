import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

import { expect } from 'vitest';

import type { Diagnostic } from '../../packages/descriptor/src/diagnostics/diagnostic.ts';
import { DescriptorError } from '../../packages/descriptor/src/errors.ts';
import { checkDisk } from '../../packages/offline/src/check/check-disk.ts';
import { identifySnapshot } from '../../packages/offline/src/disk/identify-snapshot.ts';
import type { Content } from '../../packages/ploop/test/guard/model.ts';
import { diskIn, type Disk } from './disk.ts';
import type { Call, Mending, Row, Try } from './row.ts';
import { makeDisk, SHAPE, type Shape } from './shape.ts';

type States = ReadonlyMap<string, Content | undefined>;

/** How many commands and mendings of a row were run. */
export interface Count {
  commands: number;
  mendings: number;
}

/** Does what a page says, on disks that have its defect, and expects what it says. */
export async function hold(
  row: Row,
  directory: string,
  shape: Partial<Shape> = {},
): Promise<Count> {
  const count: Count = { commands: 0, mendings: 0 };
  const disk = diskIn(directory, { ...SHAPE, ...row.shape, ...shape });
  makeDisk(directory, disk.shape);
  const healthy = states(disk);
  row.make(disk);
  await expectDefect(row, disk);
  for (const [index, trial] of (row.tries ?? []).entries()) {
    await expectTry(trial, disk.copy(`try ${String(index)}`), healthy, row.content);
    count.commands += 1;
  }
  for (const [index, mending] of (row.mends ?? []).entries()) {
    const copy = disk.copy(`mend ${String(index)}`);
    const before = mending.like === 'found' ? states(disk) : healthy;
    count.commands += await expectMended(row, mending, copy, before);
    count.mendings += 1;
  }
  return count;
}

async function expectDefect(row: Row, disk: Disk): Promise<void> {
  const { page, beside = [], finds, hint } = row;
  const found = await findings(disk, row.content);
  const codes = new Set(found.map(({ code }) => code));
  expect([...codes].sort(), `what is found on the disk of ${page}`).toEqual(
    [...new Set(finds ?? [page, ...beside])].sort(),
  );
  if (hint !== undefined) expect(found.find(({ code }) => code === page)?.hint).toMatch(hint);
}

async function expectTry(
  trial: Try,
  disk: Disk,
  healthy: States,
  content?: boolean,
): Promise<void> {
  const { says, data = 'kept', like = 'found', then, finds } = trial;
  // The states of a chain that leads round have no end.
  const before = like === 'healthy' || data === 'any' ? healthy : states(disk);
  const { line, text } = await expectExit(trial, disk);
  if (says !== undefined) expect(text, line).toMatch(says);
  then?.(disk);
  if (finds !== undefined)
    expect(
      (await findings(disk, content)).map(({ code }) => code),
      line,
    ).toContain(finds);
  if (data !== 'any') expect(kept(before, states(disk)), `${line} keeps`).toBe(data === 'kept');
}

async function expectExit(
  { command = '', run = command, exit = 0, first }: Call,
  disk: Disk,
): Promise<{ line: string; text: string }> {
  first?.(disk);
  const line = typeof run === 'string' ? run : run(disk);
  const done = await disk.run(line);
  expect(done, `${line}: ${done.text}`).toMatchObject({ exit });
  return { line, text: done.text };
}

async function expectMended(
  { page, content }: Row,
  { steps, leaves = [], like, was = {} }: Mending,
  disk: Disk,
  before: States,
): Promise<number> {
  const found = new Set((await findings(disk, content)).map(({ code }) => code));
  let commands = 0;
  for (const step of steps) {
    if (typeof step === 'function') {
      step(disk);
      continue;
    }
    await expectExit(step, disk);
    commands += 1;
  }
  const left = (await findings(disk, content)).filter(
    ({ code, severity }) =>
      code === page || (severity !== 'info' && !found.has(code) && !leaves.includes(code)),
  );
  expect(left, `what is found after the mending of ${page}`).toEqual([]);
  if (like === 'content') return commands;
  const after = new Map([...states(disk)].map(([guid, state]) => [was[guid] ?? guid, state]));
  expect(kept(before, after), `the mending of ${page} keeps the content`).toBe(true);
  return commands;
}

/** Whether every state that is still there reads as it did, the top among them. */
function kept(before: States, after: States): boolean {
  if (before.get('top') !== undefined && after.get('top') === undefined) return false;
  return [...after].every(
    ([guid, content]) => !before.has(guid) || isDeepStrictEqual(content, before.get(guid)),
  );
}

/** What each state reads as by its GUID, and what the top reads as whatever GUID it has. */
function states(disk: Disk): States {
  try {
    const found = disk.contents();
    const top = /<TopGUID>([^<]*)/.exec(readFileSync(disk.descriptor, 'utf8'))?.[1] ?? '';
    return new Map([...found, ['top', found.get(top)]]);
  } catch {
    return new Map();
  }
}

async function findings({ directory }: Disk, content = false): Promise<readonly Diagnostic[]> {
  try {
    const { diagnostics } = await checkDisk(directory, { deep: true, confine: false });
    return content
      ? [...diagnostics, ...(await identifySnapshot(directory)).diagnostics]
      : diagnostics;
  } catch (error) {
    if (error instanceof DescriptorError) return error.diagnostics;
    throw error;
  }
}
