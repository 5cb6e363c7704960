// Four processes change one disk with the real tool, eight read it without a break: soak.mjs SECONDS. Prints what they did,
// and every read that failed, or whose answer the disk never had.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { createDisk, isPloopError, openDisk, TOP_GUID } from '../../dist/index.js';

const WRITERS = 4;
const READERS = 8;
const MIB = 2 ** 20;
const SIZE = 16 * MIB;
const MOST_SHOTS = 12;

const isUnique = (values) => new Set(values).size === values.length;

/** What holds of every answer, whenever it is given. */
const checks = {
  topDelta: (file) => /\/root\.hdd(\.\{[\da-f-]+\})?$/.test(file),
  images: (images) => images.at(-1).guid === TOP_GUID && isUnique(images.map(({ file }) => file)),
  snapshots: (snapshots) => {
    const guids = snapshots.map(({ guid }) => guid);
    const bases = snapshots.filter(({ parentGuid }) => !guids.includes(parentGuid));
    const files = snapshots.map(({ file }) => file);
    return (
      isUnique(guids) &&
      isUnique(files) &&
      bases.length === 1 &&
      snapshots.filter(({ current }) => current).length === 1
    );
  },
  imageInfo: ({ size, clusterSize, differences }) =>
    size === SIZE && clusterSize === MIB && differences.length === 0,
  isMounted: (answer) => !answer,
  mounts: (answer) => answer.length === 0,
  fsInfo: () => false,
};

const roles = { write, read };
const [role, path, seconds] = process.argv.slice(2);
if (Object.hasOwn(roles, role)) {
  process.send(await roles[role](path, Date.now() + Number(seconds) * 1000));
  process.disconnect();
} else {
  await soak(Number(role));
}

async function soak(duration) {
  const directory = mkdtempSync(join(tmpdir(), 'ploop-soak-'));
  try {
    const image = join(directory, 'root.hdd');
    await createDisk({ path: image, size: SIZE, clusterSize: MIB, fileSystem: 'none' });
    const start = (name) =>
      new Promise((resolve) => {
        const child = fork(import.meta.filename, [name, directory, String(duration)]);
        let told = { failures: [`a process to ${name} ended without a word`] };
        child.on('message', (message) => (told = message));
        child.once('exit', () => resolve(told));
      });
    const told = await Promise.all([
      ...Array.from({ length: WRITERS }, () => start('write')),
      ...Array.from({ length: READERS }, () => start('read')),
    ]);
    const sum = (field) => told.reduce((total, one) => total + (one[field] ?? 0), 0);
    const failures = told.flatMap((one) => one.failures);
    const report = { writes: sum('writes'), refused: sum('refused'), reads: sum('reads') };
    console.log(
      JSON.stringify({ ...report, failed: failures.length, failures: failures.slice(0, 20) }),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function write(disk, end) {
  const target = await openDisk(disk);
  const told = { writes: 0, refused: 0, failures: [] };
  while (Date.now() < end) {
    try {
      const snapshots = await target.snapshots();
      const { guid } = snapshots[Math.floor(Math.random() * snapshots.length)];
      const changes = [
        () => target.switchSnapshot(guid),
        () => target.deleteSnapshot(guid),
        () => target.mergeSnapshot(guid),
        ...Array(3).fill(() =>
          snapshots.length < MOST_SHOTS ? target.snapshot() : target.mergeSnapshot(),
        ),
      ];
      await changes[Math.floor(Math.random() * changes.length)]();
      told.writes += 1;
    } catch (error) {
      // What another process has taken away meanwhile cannot be changed.
      if (isPloopError(error)) told.refused += 1;
      else told.failures.push(`write: ${error.stack}`);
    }
  }
  return told;
}

async function read(disk, end) {
  const targets = [await openDisk(disk), await openDisk(disk, { cache: false })];
  const told = { reads: 0, failures: [] };
  while (Date.now() < end) {
    for (const target of targets)
      for (const [name, isRight] of Object.entries(checks))
        for (const form of [name, `${name}Sync`])
          try {
            const answer = await target[form]();
            told.reads += 1;
            if (!isRight(answer)) told.failures.push(`${form}: ${JSON.stringify(answer)}`);
          } catch (error) {
            if (name !== 'fsInfo' || error.code !== 'FILE_SYSTEM_UNKNOWN')
              told.failures.push(`${form}: ${error.stack}`);
          }
    await setTimeout(1);
  }
  return told;
}
