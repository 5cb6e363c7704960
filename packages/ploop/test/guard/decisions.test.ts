import { execFileSync } from 'node:child_process';
import { link, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { PassThrough } from 'node:stream';

import { hasTool, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { createRunner, openDisk, type Disk } from '../../src/index.ts';
import type { Mutations } from '../../src/mutations/table.ts';
import { makeChain } from './disk.ts';
import { contents } from './model.ts';
import { BASE, MIDDLE } from './operations.ts';
import { makeRival, type MadeRival } from './rival.ts';
import { ASKED } from '../asked.ts';

interface Decision {
  readonly call: (disk: Disk, directory: string) => Promise<unknown>;
  /** Absent if the mutation is refused when two images of the disk are one file; else why it is not. */
  readonly sharedPasses?: string;
  /** Absent if it is refused when the images have names outside the disk; else why it is not. */
  readonly linkedPasses?: string;
  /** Absent if it is refused when another descriptor beside stands on the top; else why it is not. */
  readonly rivalPasses?: string;
}

const RIVAL: MadeRival = {
  name: 'DiskDescriptor.xml.copy',
  ...{ shared: 3, on: 2, isTop: true, own: 'data', version: 1 },
};
const READS = 'it writes to no image';

/** A row for each mutation: one that is added without a decision does not compile. */
const DECISIONS: Readonly<Record<keyof Mutations, Decision>> = {
  mount: { call: (disk) => disk.mount() },
  umount: {
    call: (disk) => disk.umount(),
    sharedPasses: 'a disk that is mounted must be got off its device',
    linkedPasses: 'the mount has allowed it',
    rivalPasses: 'the mount has allowed it',
  },
  resize: { call: (disk) => disk.resize(2 ** 24) },
  replace: {
    call: (disk, directory) =>
      disk.replace({ target: { guid: BASE }, file: join(directory, 'd0'), keepName: true }),
  },
  snapshot: { call: (disk) => disk.snapshot(), linkedPasses: READS, rivalPasses: READS },
  switchSnapshot: { call: (disk) => disk.switchSnapshot(BASE), linkedPasses: READS },
  deleteSnapshot: { call: (disk) => disk.deleteSnapshot(MIDDLE) },
  mergeSnapshot: { call: (disk) => disk.mergeSnapshot() },
  convert: { call: (disk) => disk.convert({ version: 1 }) },
  check: { call: (disk) => disk.check() },
  encrypt: { call: (disk) => disk.encrypt({ key: { id: 'key' } }) },
  temporarySnapshot: {
    call: (disk, directory) => disk.temporarySnapshot({ component: 'x', target: directory }),
  },
  discard: { call: (disk) => disk.discard() },
  grow: { call: (disk) => disk.grow(2 ** 24) },
  setMaxDeltaSize: {
    call: (disk) => disk.setMaxDeltaSize('unlimited'),
    sharedPasses: 'it writes to the descriptor alone',
    linkedPasses: READS,
    rivalPasses: READS,
  },
  dropCbt: { call: (disk) => disk.dropCbt() },
  dumpCbt: {
    call: (disk, directory) => disk.dumpCbt({ file: join(directory, 'bits') }),
    sharedPasses: READS,
    linkedPasses: READS,
    rivalPasses: READS,
  },
  sendCopy: {
    call: (disk) => disk.sendCopy({ output: new PassThrough() }),
    sharedPasses: READS,
    linkedPasses: READS,
    rivalPasses: READS,
  },
};

const rows = Object.entries(DECISIONS) as readonly (readonly [keyof Mutations, Decision])[];
const sharedFiles = expect.arrayContaining([
  expect.objectContaining({ code: 'DELTA_SHARED' }),
]) as unknown;
const runner = createRunner(hasTool ? ASKED : { binary: 'no-such-ploop' });

test.each(rows)('%s: a disk whose top is its base as well', async (_name, decision) => {
  const directory = join(await temporaryDirectory(), 'disk');
  makeChain(directory);
  await link(join(directory, 'd0'), join(directory, 'other'));
  const path = join(directory, 'DiskDescriptor.xml');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace('<File>d2</File>', '<File>other</File>'));
  const before = contents(directory);
  const disk = await openDisk(directory, { runner });
  const failure = await decision.call(disk, directory).catch((error: unknown) => error);
  const refused = { code: 'REFUSED', diagnostics: sharedFiles };
  if (decision.sharedPasses === undefined) expect(failure).toMatchObject(refused);
  else expect(failure ?? {}).not.toMatchObject(refused);
  expect(contents(directory)).toEqual(before);
});

test.each(rows)('%s: a disk whose images belong to another one as well', async (name, decision) => {
  const root = await temporaryDirectory();
  const [directory, other] = [join(root, 'disk'), join(root, 'other')];
  makeChain(directory);
  execFileSync('cp', ['-al', directory, other]);
  const before = contents(other);
  const disk = await openDisk(directory, { runner });
  const failure = await decision.call(disk, directory).catch((error: unknown) => error);
  const refused = { code: 'REFUSED', reason: 'IMAGE_LINKED' };
  // What is to take the place of an image is that image already.
  const own = { code: 'REFUSED', diagnostics: sharedFiles };
  if (decision.linkedPasses !== undefined) expect(failure ?? {}).not.toMatchObject(refused);
  else expect(failure).toMatchObject(name === 'replace' ? own : refused);
  expect(contents(other)).toEqual(before);
});

test.each(rows)('%s: a disk whose top another descriptor stands on', async (name, decision) => {
  const directory = join(await temporaryDirectory(), 'disk');
  makeChain(directory);
  makeRival(directory, RIVAL);
  const before = contents(directory, RIVAL.name);
  const disk = await openDisk(directory, { runner });
  const failure = await decision.call(disk, directory).catch((error: unknown) => error);
  const refused = { code: 'REFUSED', reason: 'DESCRIPTOR_RIVAL' };
  // What is to take the place of an image is that image already.
  const own = { code: 'REFUSED', diagnostics: sharedFiles };
  if (decision.rivalPasses === undefined)
    expect(failure).toMatchObject(name === 'replace' ? own : refused);
  else expect(failure ?? {}).not.toMatchObject(refused);
  expect(contents(directory, RIVAL.name)).toEqual(before);
});

test('a check that only reads is not refused', async () => {
  const root = await temporaryDirectory();
  const [directory, other] = [join(root, 'disk'), join(root, 'other')];
  makeChain(directory);
  execFileSync('cp', ['-al', directory, other]);
  const disk = await openDisk(directory, { runner });
  const refused = { refusals: [{ code: 'IMAGE_LINKED' }] };
  expect(await disk.plan.check()).toMatchObject(refused);
  for (const options of [{ readonly: true }, { allowLinked: true }])
    expect(await disk.plan.check(options)).not.toMatchObject(refused);
});
