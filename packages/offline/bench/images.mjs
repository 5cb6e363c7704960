// npm run bench: what reading images takes beside QEMU and plain files. Measures; fails on nothing it measures.
// Arguments: --json for the same as JSON, --quick for one round instead of five.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, read, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { judged } from '../../descriptor/bench/bounds.mjs';
import { printBounds, table } from '../../descriptor/bench/print.mjs';
import { openSnapshot } from '../dist/index.js';
import { makeChain, makeScattered, qemuName } from './image-disks.mjs';
import { compareNbd } from './nbd.mjs';

const options = new Set(process.argv.slice(2));
const ROUNDS = options.has('--quick') ? 1 : 5;
const DATA_BYTES = 2 * 2 ** 30;
/** QEMU 7.2 fails on a disk of 1 TiB and more. */
const SCATTERED_CLUSTERS = 2 ** 20 - 1;
const READS = 20_000;

const imageRun = join(import.meta.dirname, 'image-run.mjs');
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Seconds of a program from start to exit, and what it printed; `undefined` where there is no such program. */
function timed(program, argv) {
  const start = performance.now();
  const stdio = ['ignore', program === process.execPath ? 'pipe' : 'ignore', 'pipe'];
  const { status, error, stdout, stderr } = spawnSync(program, argv, { encoding: 'utf8', stdio });
  const seconds = (performance.now() - start) / 1000;
  if (error?.code === 'ENOENT') return undefined;
  if (status !== 0) throw new Error(`${program} fails: ${error?.message ?? stderr}`);
  return { seconds, stdout };
}

/** Medians of our program and of QEMU's, in turns; `after` tidies up between them. */
function compare(ours, qemu, after = () => undefined) {
  const times = { ours: [], qemu: [] };
  const peaks = [];
  const turns = [
    () => {
      const ran = timed(process.execPath, [imageRun, ...ours]);
      times.ours.push(ran.seconds);
      peaks.push(JSON.parse(ran.stdout).peakBytes);
    },
    () => {
      const peer = timed('qemu-img', qemu);
      if (peer !== undefined) times.qemu.push(peer.seconds);
    },
  ];
  for (let round = 0; round < ROUNDS; round += 1)
    // Whoever writes first finds fewer pages of others that are still to be written.
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) {
      turn();
      after();
    }
  return { ours: median(times.ours), qemu: median(times.qemu), peakBytes: Math.max(...peaks) };
}

/** Milliseconds until a disk is open and its first byte read. */
async function measureOpening(directory) {
  const times = [];
  for (let round = 0; round < 9; round += 1) {
    const start = performance.now();
    const snapshot = await openSnapshot(directory);
    await snapshot.read(0, 512);
    times.push(performance.now() - start);
    await snapshot.close();
  }
  return { median: median(times), first: times[0] };
}

/** Microseconds of a read of 4 KiB, in turns of a snapshot and of a raw file with the same content. */
async function measureReads(directory, raw) {
  const snapshot = await openSnapshot(directory);
  const fd = openSync(raw, 'r');
  const target = new Uint8Array(4096);
  const plain = (position) =>
    new Promise((resolve, reject) => {
      read(fd, target, 0, target.length, position, (error, count) =>
        error === null ? resolve(count) : reject(error),
      );
    });
  // Where data are: what reads as zero takes no read at all.
  const places = [];
  for await (const { allocated, start, length } of snapshot.extents())
    if (allocated) for (let at = start; at < start + length; at += 2 ** 20) places.push(at);
  const times = { ours: [], plain: [] };
  let seed = 1;
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const [name, take] of [
      ['ours', (position) => snapshot.readInto(target, position)],
      ['plain', plain],
    ]) {
      const start = performance.now();
      for (let count = 0; count < READS; count += 1) {
        seed = (seed * 48271) % 2147483647;
        await take(places[seed % places.length] + (seed % 256) * 4096);
      }
      // The first round warms up.
      if (round > 0) times[name].push(((performance.now() - start) * 1000) / READS);
    }
  closeSync(fd);
  await snapshot.close();
  return { ours: median(times.ours), plain: median(times.plain) };
}

const directory = mkdtempSync(join(tmpdir(), 'ploop-bench-'));
try {
  const chain = makeChain(join(directory, 'chain'));
  const name = qemuName(chain.files);
  const disk = join(directory, 'chain');
  const raw = join(directory, 'raw');
  const remove = () => rmSync(raw, { force: true });
  const nowhere = `driver=null-co,size=${chain.clusters * 2 ** 20}`;
  const exports = {
    '/dev/null': compare(
      ['export', disk, '/dev/null'],
      ['convert', '-n', '--target-image-opts', name, nowhere],
    ),
    'a file': compare(['export', disk, raw], ['convert', '-O', 'raw', name, raw], remove),
    'a file, synced': compare(
      ['export', disk, raw, '--sync'],
      ['convert', '-t', 'writeback', '-O', 'raw', name, raw],
      remove,
    ),
    'a qcow2 file': compare(
      ['export', disk, raw, '--format', 'qcow2'],
      ['convert', '-O', 'qcow2', name, raw],
      remove,
    ),
    'a compressed qcow2 file': compare(
      ['export', disk, raw, '--format', 'qcow2', '--compress'],
      ['convert', '-c', '-O', 'qcow2', name, raw],
      remove,
    ),
  };
  timed(process.execPath, [imageRun, 'export', disk, raw]);
  const reads = await measureReads(disk, raw);
  const nbd = await compareNbd(disk, name, directory, ROUNDS);
  remove();

  const scattered = join(directory, 'scattered');
  const file = makeScattered(scattered, SCATTERED_CLUSTERS, SCATTERED_CLUSTERS);
  const extents = compare(['extents', scattered], ['map', '--output=json', qemuName([file])]);
  const large = join(directory, 'large');
  makeScattered(large, 2 ** 24, 1021);
  const opening = await measureOpening(large);

  const peakBytes = Math.max(
    ...Object.values(exports).map((one) => one.peakBytes),
    extents.peakBytes,
  );
  const throughput = ({ ours, qemu }) => qemu / ours;
  const bounds = judged([
    {
      what: 'export to /dev/null, throughput ours / qemu-img',
      least: 1,
      measured: throughput(exports['/dev/null']),
    },
    {
      what: 'export to a file, throughput ours / qemu-img',
      least: 1,
      measured: throughput(exports['a file']),
    },
    {
      what: 'export to a qcow2 file, throughput ours / qemu-img',
      least: 1,
      measured: throughput(exports['a qcow2 file']),
    },
    {
      what: 'export to a compressed qcow2 file, throughput ours / qemu-img',
      least: 0.8,
      measured: throughput(exports['a compressed qcow2 file']),
    },
    { what: 'peak memory, MB', most: 160, measured: peakBytes / 1e6 },
    ...(nbd === undefined
      ? []
      : [
          { what: 'nbdcopy, throughput ours / qemu-nbd', least: 0.7, measured: throughput(nbd) },
          { what: 'peak memory of the NBD server, MB', most: 200, measured: nbd.peakBytes / 1e6 },
        ]),
    { what: 'extents, time ours / qemu-img map', most: 1.5, measured: extents.ours / extents.qemu },
    { what: 'opening 16 TiB, milliseconds', most: 20, measured: opening.median },
    {
      what: 'random reads of 4 KiB, time ours / fs.read',
      most: 2,
      measured: reads.ours / reads.plain,
    },
  ]);
  const report = {
    node: process.version,
    exports,
    extents,
    nbd,
    opening,
    reads,
    peakBytes,
    bounds,
  };
  if (options.has('--json')) console.log(JSON.stringify(report, undefined, 2));
  else print(report);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function print({ node, exports, extents, nbd, opening, reads, bounds }) {
  const number = (value, digits) =>
    value === undefined || Number.isNaN(value) ? '-' : value.toFixed(digits);
  const row = (what, { ours, qemu, peakBytes }) => [
    what,
    number(ours, 2),
    number(qemu, 2),
    number(ours / qemu, 2),
    number(peakBytes / 1e6, 0),
  ];
  table(
    `whole processes, warm cache (${node}, medians of ${ROUNDS}, seconds; ratio: ours / qemu-img)`,
    ['', 'ours', 'qemu-img', 'ratio', 'our peak, MB'],
    [
      ...Object.entries(exports).map(([target, times]) =>
        row(`export ${number(DATA_BYTES / 2 ** 30, 0)} GiB in 4 deltas to ${target}`, times),
      ),
      ...(nbd === undefined ? [] : [row('nbdcopy of the same chain (peer: qemu-nbd)', nbd)]),
      row(`list ${SCATTERED_CLUSTERS.toLocaleString('en-US')} extents of 1 TiB`, extents),
    ],
  );
  table(
    'in process',
    ['', 'ours', 'peer', 'ratio'],
    [
      [
        '4 KiB at random, microseconds (peer: fs.read of a raw file)',
        number(reads.ours, 1),
        number(reads.plain, 1),
        number(reads.ours / reads.plain, 2),
      ],
      ['open 16 TiB, milliseconds', number(opening.median, 1), '-', '-'],
      ['open 16 TiB for the first time, milliseconds', number(opening.first, 1), '-', '-'],
    ],
  );
  printBounds(bounds);
}
