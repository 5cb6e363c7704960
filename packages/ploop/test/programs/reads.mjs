// Runs every read in both forms on the given disk, then tries to start a process.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

import { listDevices, listDevicesSync, openDisk, openDiskSync } from '../../dist/index.js';

const path = process.argv[2];
const disk = await openDisk(path);
const told = {};
for (const read of ['topDelta', 'images', 'snapshots', 'imageInfo', 'isMounted', 'mounts']) {
  told[read] = await disk[read]();
  assert.deepEqual(openDiskSync(path)[`${read}Sync`](), told[read]);
}
told.fsInfo = await disk.fsInfo().catch(({ code }) => code);
assert.throws(() => openDiskSync(path).fsInfoSync(), { code: told.fsInfo });
told.devices = await listDevices();
assert.deepEqual(listDevicesSync(), told.devices);
try {
  spawnSync('true');
} catch (error) {
  told.process = error.code;
}
console.log(JSON.stringify(told));
