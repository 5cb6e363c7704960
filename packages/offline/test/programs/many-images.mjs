// Does everything that reads images to a disk of many, and prints what came of it.
import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import {
  backupSet,
  checkDisk,
  diffSnapshots,
  diskSpace,
  exportSnapshot,
  openSnapshot,
  identifySnapshotSync,
  restoreBackup,
} from '@ploop/offline';

const [limit, directory, out, guid] = process.argv.slice(2);
// Only now: Node opens all modules of a program at once.
execFileSync('prlimit', [`--pid=${process.pid}`, `--nofile=${limit}:${limit}`]);
const TOP = '{5fbaabe3-6958-40ff-92a7-860e329aab41}';
const errors = ({ diagnostics }) =>
  diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
const withSnapshot = async (work, one) => {
  const snapshot = await openSnapshot(directory, one);
  try {
    return await work(snapshot);
  } finally {
    await snapshot.close();
  }
};
const exported = (options) =>
  withSnapshot(async (snapshot) => {
    const target = join(out, 'disk.raw');
    const { size, data } = await exportSnapshot(snapshot, target, { sync: false, ...options });
    await rm(target);
    return [size, data];
  });

const tasks = {
  read: () => withSnapshot((snapshot) => snapshot.hash()),
  'read at many places at once': () =>
    withSnapshot(async (snapshot) => {
      const reads = Array.from({ length: snapshot.size / 32768 }, (_, cluster) =>
        snapshot.read(cluster * 32768 + 7, 1),
      );
      return (await Promise.all(reads)).map(([byte]) => byte);
    }),
  check: async () => errors(await checkDisk(directory, { deep: true })),
  space: async () => {
    const { images } = await diskSpace(join(directory, 'few-shots.xml'));
    return images.filter(({ unused }) => unused === 0).length;
  },
  'export and verify': () => exported({ verify: true }),
  salvage: () => exported({ salvage: true }),
  diff: () =>
    withSnapshot(
      (older) =>
        withSnapshot(async (newer) => {
          const ranges = [];
          for await (const { start, length } of diffSnapshots(older, newer))
            ranges.push([start, length]);
          return ranges;
        }),
      guid,
    ),
  'backup, verified and restored': async () => {
    const set = await backupSet(directory, TOP, { top: true, hash: true });
    await restoreBackup(directory, set, { overwrite: true });
    return set.files.length;
  },
  identify: () => errors(identifySnapshotSync(directory)),
};

const results = {};
for (const [name, task] of Object.entries(tasks)) {
  const started = performance.now();
  try {
    results[name] = await task();
  } catch (error) {
    results[name] = error.code ?? String(error);
  }
  if (process.env['PLOOP_TIMES']) console.error(name, Math.round(performance.now() - started));
}
console.log(JSON.stringify(results));
