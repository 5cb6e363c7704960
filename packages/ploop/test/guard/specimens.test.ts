import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { createRunner, openDisk, type DiagnosticCode, type Disk } from '../../src/index.ts';
import { makeChain } from './disk.ts';
import type { FaultName } from './mutants.ts';
import { BASE, MIDDLE } from './operations.ts';

type Mutation = (disk: Disk) => Promise<unknown>;
const mergeTop: Mutation = (disk) => disk.mergeSnapshot();
const deleteBase: Mutation = (disk) => disk.deleteSnapshot(BASE);
const deleteMiddle: Mutation = (disk) => disk.deleteSnapshot(MIDDLE);
const growFar: Mutation = (disk) => disk.grow(2 ** 32);

/** Disks that release 1.15 damages with exit code 0, except for where it says otherwise. */
const SPECIMENS: readonly (readonly [FaultName, number, Mutation, DiagnosticCode])[] = [
  ['the other version', 1, deleteBase, 'CHAIN_VERSION'],
  ['the other version', 2, mergeTop, 'CHAIN_VERSION'],
  // It aborts, with its heap corrupted.
  ['clusters twice as large', 2, mergeTop, 'CHAIN_CLUSTER_SIZE'],
  ['clusters half as large', 1, deleteBase, 'CHAIN_CLUSTER_SIZE'],
  ['two entries for one place', 1, deleteMiddle, 'CLUSTER_SHARED'],
  // It fails half way, and the base has changed.
  ['an entry far beyond the end', 1, deleteBase, 'CLUSTER_BEYOND_END'],
  ['an entry just beyond the end', 0, deleteBase, 'CLUSTER_BEYOND_END'],
  ['an entry between two clusters', 1, mergeTop, 'CLUSTER_MISALIGNED'],
  ['cut by a cluster', 1, deleteMiddle, 'CLUSTER_BEYOND_END'],
  ['not a whole cluster, and data there', 1, deleteBase, 'SIZE_NOT_WHOLE'],
  ['not a whole cluster, and data there', 2, (disk) => disk.snapshot(), 'SIZE_NOT_WHOLE'],
  ['entries beyond the end', 2, growFar, 'BAT_STALE'],
  ['an entry in the table', 2, growFar, 'CLUSTER_BEFORE_DATA'],
  ['larger', 1, growFar, 'CHAIN_SHRUNK'],
  // It refuses that itself.
  ['no bytes', 2, mergeTop, 'HEADER_TOO_SHORT'],
  ['data offset within the table', 1, (disk) => disk.convert({ version: 2 }), 'IMAGE_FOREIGN'],
  ['an entry in the table', 1, (disk) => disk.convert({ version: 2 }), 'CLUSTER_BEFORE_DATA'],
];

test.each(SPECIMENS)('%s, level %i: nothing is started', async (fault, level, mutate, code) => {
  const directory = join(await temporaryDirectory(), 'disk');
  makeChain(
    directory,
    [0, 1, 2].map((at) => (at === level ? fault : 'healthy')),
  );
  const before = filesIn(directory);
  // It would fail as SPAWN.
  const runner = createRunner({ binary: 'no-such-ploop', release: { from: '1.15', to: '1.15' } });
  await expect(mutate(await openDisk(directory, { runner }))).rejects.toMatchObject({
    code: 'REFUSED',
    reason: 'DISK_DAMAGED',
    diagnostics: expect.arrayContaining([expect.objectContaining({ code })]) as unknown,
  });
  expect(filesIn(directory)).toEqual(before);
});

function filesIn(directory: string): readonly (readonly [string, string])[] {
  return readdirSync(directory).map((name) => [
    name,
    readFileSync(join(directory, name)).toString('base64'),
  ]);
}
