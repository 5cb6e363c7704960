// npm run bench reads: how long the reads take beside libploop and the forked tool, on the same disks, in turns.
// Measures; fails on nothing it measures. Arguments: --json for the same as JSON, --quick for fewer rounds and no locks.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { openDisk } from '../dist/index.js';
import { boundsOf } from './bounds.mjs';
import { makeDisk } from './disks.mjs';
import { buildPeer, holdLock, startPeer } from './peer.mjs';
import { print } from './print.mjs';

const options = new Set(process.argv.slice(2));
const isQuick = options.has('--quick');
const SHOTS = [1, 126, 10_000];
const READS = ['topDelta', 'imageInfo', 'isMounted', 'fsInfo'];
const ROUNDS = isQuick ? 7 : 21;
/** How long one measurement takes, in microseconds. */
const TURN = 15_000;
const MOST_CALLS = 2_000;
const HELD_MS = 5_000;

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const fastest = (values) => (values.length === 0 ? undefined : Math.min(...values));

const timeSync = (call) => (count) => {
  const start = performance.now();
  for (let run = 0; run < count; run += 1) call();
  return ((performance.now() - start) * 1000) / count;
};
const timeAsync = (call) => async (count) => {
  const start = performance.now();
  for (let run = 0; run < count; run += 1) await call();
  return ((performance.now() - start) * 1000) / count;
};

/** Microseconds of each contender in its fastest round, in turns: what else the machine does only ever adds. */
async function compare(contenders) {
  const entries = Object.entries(contenders);
  const counts = {};
  for (const [name, measure] of entries) {
    // The first call of all may read what later ones remember: taken for the usual one, it makes turns of a few calls.
    await measure(1);
    let time = await measure(1);
    // What is quick is warmed up, and measured again.
    if (time !== undefined && time < 1_000)
      time = await measure(Math.min(MOST_CALLS, TURN / time) | 0 || 1);
    if (time !== undefined) counts[name] = Math.max(1, Math.min(MOST_CALLS, TURN / time) | 0);
  }
  const times = Object.fromEntries(entries.map(([name]) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, measure] of entries)
      if (counts[name] !== undefined) times[name].push(await measure(counts[name]));
  return Object.fromEntries(entries.map(([name]) => [name, fastest(times[name])]));
}

async function measureDisk(path, shots, program) {
  const disk = await openDisk(path);
  const uncached = await openDisk(path, { cache: false });
  const peer = program === undefined ? undefined : startPeer(program, path);
  const rows = [];
  for (const read of READS) {
    const ask = (who) => async (count) => peer?.measure(`${who}:${read}`, count);
    const measured = await compare({
      sync: timeSync(disk[`${read}Sync`]),
      libploop: ask('libploop'),
      async: timeAsync(disk[read]),
      uncachedSync: timeSync(uncached[`${read}Sync`]),
      uncachedAsync: timeAsync(uncached[read]),
      tool: ask('tool'),
    });
    rows.push({ shots, read, ...measured });
  }
  peer?.stop();
  return rows;
}

/**
 * Our reads while another process holds the lock of the disk: the slowest of their medians, and the slowest of all, which is
 * that of a busy machine. And how long libploop takes then.
 */
async function measureLocked(path, program) {
  const disks = [await openDisk(path), await openDisk(path, { cache: false })];
  const peer = startPeer(program, path);
  for (const disk of disks) for (const read of READS) disk[`${read}Sync`]();
  const ended = await holdLock(program, `${path}.lck`, HELD_MS);
  const times = disks.flatMap((disk) =>
    READS.map((read) => Array.from({ length: 40 }, () => timeSync(disk[`${read}Sync`])(1) / 1000)),
  );
  const libploop = await peer.measure('libploop:topDelta', 1);
  await ended.exit;
  peer.stop();
  return {
    heldMs: HELD_MS,
    oursMs: Math.max(...times.map(median)),
    slowestMs: Math.max(...times.flat()),
    libploopMs: libploop / 1000,
  };
}

const directory = mkdtempSync(join(tmpdir(), 'ploop-bench-'));
try {
  const program = buildPeer(directory);
  const disks = SHOTS.map((shots) => ({ shots, path: makeDisk(directory, shots) }));
  // What has just been written is not remembered.
  await setTimeout(500);
  const rows = [];
  for (const { shots, path } of disks) rows.push(...(await measureDisk(path, shots, program)));
  const locked =
    isQuick || program === undefined ? undefined : await measureLocked(disks[0].path, program);
  const result = { node: process.version, rows, locked };
  const report = { ...result, bounds: boundsOf(result) };
  if (options.has('--json')) console.log(JSON.stringify(report, undefined, 2));
  else print(report);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
