// Calls every function that opens files while the process can open none, and prints how each of them ends.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';

import { runAsync, runSync } from '@ploop/descriptor/internal';
import * as files from '@ploop/descriptor/node';
import * as fileSteps from '@ploop/descriptor/node/internal';
import * as offline from '@ploop/offline';
import * as offlineSteps from '@ploop/offline/internal';

const api = { ...files, ...fileSteps, ...offline, ...offlineSteps };
const [limit, directory, out] = process.argv.slice(2);
const TOP = '{5fbaabe3-6958-40ff-92a7-860e329aab41}';
const file = join(directory, 'd0');
const named = { guid: '', file, directory };
const anywhere = { within: undefined };
const loaded = await api.loadDescriptor(directory);
const snapshot = await api.openSnapshot(directory);
const set = await api.backupSet(directory, TOP, { top: true });
const steps = [
  { step: 'merge', file: 'd1', into: 'd0' },
  { step: 'remove', file: 'd1' },
];
const drained = async (items) => {
  for await (const item of items) void item;
};
const nowhere = () => new Writable({ write: (chunk, encoding, done) => done() });
const stepped = (generator) => () => runAsync(generator());
const blocking = (generator) => async () => runSync(generator());

const calls = {
  backupSet: () => api.backupSet(directory, TOP, { top: true }),
  checkDisk: () => api.checkDisk(directory),
  checkFiles: () => api.checkFiles(loaded),
  compactSpace: () => api.compactSpace(directory),
  copyFault: () => api.copyFault(file, file),
  describeImageFile: () => api.describeImageFile(file),
  describeNamedImage: () => api.describeNamedImage(named, anywhere),
  descriptionAt: stepped(() => api.descriptionAt(file)),
  descriptorAt: stepped(() => api.descriptorAt(directory)),
  diskSpace: () => api.diskSpace(directory),
  exportTree: () => api.exportTree(directory, join(out, 'tree')),
  serveNbd: () => api.serveNbd(snapshot, { address: { socket: join(out, 'nbd.sock') } }),
  exportSnapshot: () => api.exportSnapshot(snapshot, join(out, 'disk.raw')),
  findDisks: () => drained(api.findDisks(directory, { onError: console.error })),
  findLinksOutside: () => api.findLinksOutside(directory, file),
  findOutside: () => api.findOutside(directory),
  foreignFileAt: stepped(() => api.foreignFileAt(file)),
  foreignFileFindings: () => api.foreignFileFindings(file),
  headerFileAt: stepped(() => api.headerFileAt(file)),
  loadDescriptor: () => api.loadDescriptor(directory),
  loadDescriptorOrImage: () => api.loadDescriptorOrImage(directory),
  loadDescriptorSync: async () => api.loadDescriptorSync(directory),
  loadVolumes: () => api.loadVolumes(directory),
  loadVolumesSync: async () => api.loadVolumesSync(directory),
  namedHeaderFileAt: stepped(() => api.namedHeaderFileAt(named, anywhere)),
  openFiles: () => api.openFiles(directory),
  recoverDisk: () => api.recoverDisk(directory),
  openImageFile: () => api.openImageFile(file),
  openImageTarget: () => api.openImageTarget(file),
  openNamed: stepped(() => api.openNamed(named, anywhere)),
  openSnapshot: () => api.openSnapshot(directory),
  identifySnapshot: () => api.identifySnapshot(directory),
  identifySnapshotSync: async () => api.identifySnapshotSync(directory),
  readStart: stepped(() => api.readable(file, api.readStart(file, 16))),
  restoreBackup: () => api.restoreBackup(directory, set),
  saveDescriptor: () => api.saveDescriptor(loaded, set.descriptor),
  saveDescriptorSync: async () => api.saveDescriptorSync(loaded, set.descriptor),
  snapshotContent: blocking(() => api.snapshotContent(directory)),
  snapshotFiles: () => api.snapshotFiles(directory),
  stepFindings: () => api.stepFindings({ directory, ...loaded }, steps),
  verifyBackup: () => api.verifyBackup(directory, set),
  writeNewImage: () =>
    api.writeNewImage(join(out, 'new'), { header: new Uint8Array(64), fileBytes: 64 }),
};
// What was opened before needs no new files.
const goesOn = {
  'reading an open snapshot': () => snapshot.hash(),
  snapshotLosses: () => api.snapshotLosses(snapshot),
  'salvage of an open snapshot': async () =>
    (await api.exportSnapshot(snapshot, nowhere(), { salvage: true })).lostBytes,
};

execFileSync('prlimit', [`--pid=${process.pid}`, `--nofile=${limit}:${limit}`]);
const fillers = [];
try {
  for (;;) fillers.push(openSync('/dev/null'));
} catch {
  // No more can be opened.
}
const ends = {};
for (const [name, call] of Object.entries({ ...calls, ...goesOn }))
  ends[name] = await call().then(
    (result) => (name in calls ? 'it is done' : result),
    ({ code, hint, message }) => (hint?.includes('ulimit -n') ? code : `${code}: ${message}`),
  );
for (const filler of fillers) closeSync(filler);
const { diagnostics } = await api.checkDisk(directory);
console.log(JSON.stringify({ ends, after: diagnostics, functions: Object.keys(api) }));
