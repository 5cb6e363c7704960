// The changes that are killed, and the templates that each is made to.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { exportSnapshot, openSnapshot, parseBackupSet, restoreBackup } from '@ploop/offline';

import { createDisk, createRunner, restoreDescriptor } from '../../../dist/index.js';
import { KEPT, MIB, SHOTS, SIZE } from './template.mjs';

const { A, B, C, K } = SHOTS;
async function takeAndEnd(disk) {
  const snapshot = await disk.temporarySnapshot({ component: 'backup', guid: KEPT });
  await snapshot.end();
}

export const runner = createRunner({ release: { from: '1.15', to: '1.15' } });

/** Each change, by the template that it is made to. Those on a machine with a driver say whether the disk is mounted. */
export const CHANGES = {
  snapshot: ['chain', (disk) => disk.snapshot({ guid: KEPT })],
  'snapshot of one image': ['single', (disk) => disk.snapshot({ guid: KEPT })],
  'delete a leaf': ['tree', (disk) => disk.deleteSnapshot(K)],
  'delete with one child': ['chain', (disk) => disk.deleteSnapshot(B)],
  'delete with two children': ['tree', (disk) => disk.deleteSnapshot(A)],
  'delete the top': ['chain', (disk, { top }) => disk.deleteSnapshot(top, { discardTop: true })],
  'merge the top': ['chain', (disk) => disk.mergeSnapshot()],
  'merge a snapshot': ['chain', (disk) => disk.mergeSnapshot(B)],
  switch: ['chain', (disk) => disk.switchSnapshot(A)],
  'switch, keeping': [
    'chain',
    async (disk) => {
      // Once the snapshot is taken, what is left to do is the switch.
      const isTaken = (await disk.snapshots()).some(({ guid }) => guid === KEPT);
      await disk.switchSnapshot(A, isTaken ? {} : { keepOldTop: { guid: KEPT } });
    },
  ],
  'switch, reusing': ['chain', (disk) => disk.switchSnapshot(C, { reuseTarget: true })],
  'switch, reusing another': ['tree', (disk) => disk.switchSnapshot(K, { reuseTarget: true })],
  grow: ['chain', (disk) => disk.grow(2 * SIZE)],
  'grow one image': ['single', (disk) => disk.grow(2 * SIZE)],
  'convert to preallocated': ['single', (disk) => disk.convert({ format: 'preallocated' })],
  'convert to raw': ['single', (disk) => disk.convert({ format: 'raw' })],
  'convert to version 2': ['single', (disk) => disk.convert({ version: 2 })],
  'convert to version 1': ['second', (disk) => disk.convert({ version: 1 })],
  replace: [
    'chain',
    (disk, { directory }) =>
      disk.replace({ target: { guid: B }, file: join(directory, 'copy.hdd') }),
  ],
  'replace, keeping the name': [
    'chain',
    (disk, { directory }) =>
      disk.replace({ target: { guid: B }, file: join(directory, 'copy.hdd'), keepName: true }),
  ],
  limit: ['chain', (disk) => disk.setMaxDeltaSize(64 * MIB)],
  check: ['dirty', (disk) => disk.check()],
  create: [
    'empty',
    (_disk, { directory }) =>
      createDisk({ path: join(directory, 'root.hdd'), size: SIZE, fileSystem: 'none', runner }),
  ],
  'restore the descriptor': [
    'bare',
    (_disk, { directory }) =>
      restoreDescriptor({ image: join(directory, 'root.hdd'), directory, runner }),
  ],
  'restore a backup': [
    'backup',
    (_disk, { directory }) =>
      restoreBackup(directory, parseBackupSet(readFileSync(`${directory}.json`, 'utf8'))),
  ],
  mount: ['chain', (disk) => disk.mount(), 'idle'],
  umount: ['chain', (disk) => disk.umount(), 'mounted'],
  'snapshot, mounted': ['chain', (disk) => disk.snapshot({ guid: KEPT }), 'mounted'],
  'delete, mounted': ['chain', (disk) => disk.deleteSnapshot(B), 'mounted'],
  'delete with the top, mounted': ['chain', (disk) => disk.deleteSnapshot(C), 'mounted'],
  'merge, mounted': ['chain', (disk) => disk.mergeSnapshot(), 'mounted'],
  'grow, mounted': ['chain', (disk) => disk.grow(2 * SIZE), 'mounted'],
  'replace, mounted': [
    'chain',
    (disk, { directory }) =>
      disk.replace({ target: { guid: B }, file: join(directory, 'copy.hdd') }),
    'mounted',
  ],
  'temporary snapshot': ['chain', takeAndEnd, 'idle'],
  'temporary snapshot, mounted': ['chain', takeAndEnd, 'mounted'],
  'resize, larger': ['ext4', (disk) => disk.resize(512 * MIB), 'idle'],
  'resize, smaller': ['ext4', (disk) => disk.resize(300 * MIB), 'idle'],
  'resize, mounted': ['ext4', (disk) => disk.resize(512 * MIB), 'mounted'],
  export: [
    'chain',
    async (_disk, { directory }) => {
      const snapshot = await openSnapshot(directory, C);
      try {
        await exportSnapshot(snapshot, join(directory, 'exported.raw'));
      } finally {
        await snapshot.close();
      }
    },
  ],
};

/** Templates without a descriptor. */
export const UNDESCRIBED = new Set(['empty', 'bare', 'backup']);
