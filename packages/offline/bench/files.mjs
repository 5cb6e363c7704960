// npm run bench files: what reading files out of a snapshot takes beside the kernel's mount of an export. Measures; fails
// on nothing it measures. Arguments: --json for the same as JSON, --quick for one round instead of five.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { judged } from '../../descriptor/bench/bounds.mjs';
import { printBounds, table } from '../../descriptor/bench/print.mjs';
import { makeDisk, makeHuge, makeMany, makeMixed, withMount } from './files-disks.mjs';

const options = new Set(process.argv.slice(2));
const ROUNDS = options.has('--quick') ? 1 : 5;
const BIN = join(import.meta.dirname, '../../../apps/inspect/bin/ploop-inspect.js');
const GIB = 2 ** 30;

/** Prints the peak of resident memory, in KiB, as the last line of stderr. */
const PEAK = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => console.error(process.resourceUsage().maxRSS))",
)}`;
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Seconds of a line of bash from start to exit, and the last line of its stderr. */
function timed(line, ...words) {
  const start = performance.now();
  const { status, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', line, 'bench', ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`${line} fails: ${stderr}`);
  return { seconds, said: stderr.trimEnd().split('\n').at(-1) };
}

/** Medians of two lines, in turns, each run once before. GNU tar reads nothing if its output is /dev/null. */
function compare(ours, peer) {
  const times = { ours: [], peer: [] };
  let peakBytes = 0;
  const turns = [
    () => {
      const { seconds, said } = timed(
        `"$1" --import "$2" "$3" ${ours.command} | cat > /dev/null`,
        ...[process.execPath, PEAK, BIN, ...ours.words],
      );
      times.ours.push(seconds);
      peakBytes = Math.max(peakBytes, Number(said) * 1024);
    },
    () => {
      if (peer === undefined) return;
      times.peer.push(timed(`${peer.command} | cat > /dev/null`, ...peer.words).seconds);
    },
  ];
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) turn();
    // The first round fills the cache of pages.
    if (round === 0) times.ours.length = times.peer.length = 0;
  }
  const [own, other] = [median(times.ours), median(times.peer)];
  return { ours: own, peer: other, ratio: own / other, peakBytes };
}

/** A disk below `directory` and the same file system mounted; `use` gets both. */
function withDisk(directory, make, use) {
  mkdirSync(directory);
  const raw = make(directory);
  const disk = makeDisk(join(directory, 'disk'), raw);
  const result = withMount(raw, (mount) =>
    use(disk, (command) => mount && { command, words: [mount] }),
  );
  rmSync(directory, { recursive: true });
  return result;
}

const directory = mkdtempSync(join(tmpdir(), 'ploop-bench-'));
try {
  const onMixed = withDisk(join(directory, 'mixed'), makeMixed, (disk, inMount) => ({
    cat: compare({ command: 'cat "$4" /large', words: [disk] }, inMount('cat "$1/large"')),
    tar: compare(
      { command: 'tar "$4" --output -', words: [disk] },
      inMount('tar --posix -C "$1" -cf - .'),
    ),
  }));
  const list = withDisk(join(directory, 'many'), makeMany, (disk, inMount) =>
    compare({ command: 'ls -lR "$4"', words: [disk] }, inMount('find "$1" -ls')),
  );
  const first = withDisk(join(directory, 'huge'), makeHuge, (disk) => {
    const show = { command: '"$1" "$2" show "$3"', words: [process.execPath, BIN, disk] };
    return compare({ command: 'cat "$4" /etc/hostname', words: [disk] }, show);
  });
  const node = compare(
    { command: '--version', words: [] },
    { command: '"$1" -e 0', words: [process.execPath] },
  ).peer;
  const results = { ...onMixed, 'ls -lR': list, 'first cat': first };
  const bounds = judged([
    {
      what: 'cat of 1 GiB over 3 deltas, throughput ours / cat from the mount',
      least: 0.6,
      measured: onMixed.cat.peer / onMixed.cat.ours,
    },
    {
      what: 'tar of 20,000 files and 1 GiB, time ours / GNU tar',
      most: 1.5,
      measured: onMixed.tar.ratio,
    },
    { what: 'ls -lR of 100,000 inodes, time ours / find -ls', most: 2, measured: list.ratio },
    {
      what: 'ls -lR of 100,000 inodes, peak memory, MB',
      most: 200,
      measured: list.peakBytes / 1e6,
    },
    {
      what: 'first cat of 1 TiB beyond show, in times of node -e 0',
      most: 0.4,
      measured: (first.ours - first.peer) / node,
    },
  ]);
  const report = {
    node: process.version,
    results,
    nodeSeconds: node,
    catBytesPerSecond: GIB / onMixed.cat.ours,
    bounds,
  };
  if (options.has('--json')) console.log(JSON.stringify(report, undefined, 2));
  else print(report);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function print({ node, results, nodeSeconds, bounds }) {
  const number = (value, digits) =>
    value === undefined || Number.isNaN(value) ? '-' : value.toFixed(digits);
  const PEERS = {
    cat: ['cat of 1 GiB over 3 deltas', 'cat from the mount'],
    tar: ['tar of 20,000 small files and 1 GiB', 'GNU tar --posix from the mount'],
    'ls -lR': ['ls -lR of 100,000 inodes', 'find -ls on the mount'],
    'first cat': ['first cat /etc/hostname of 1 TiB', 'ploop-inspect show'],
  };
  table(
    `whole processes into a pipe, warm cache (${node}, medians of ${ROUNDS}, seconds; node -e 0: ${number(nodeSeconds, 3)})`,
    ['', 'peer', 'ours', 'peer takes', 'ratio', 'our peak, MB'],
    Object.entries(results).map(([name, { ours, peer, ratio, peakBytes }]) => [
      ...PEERS[name],
      number(ours, 3),
      number(peer, 3),
      number(ratio, 2),
      number(peakBytes / 1e6, 0),
    ]),
  );
  printBounds(bounds);
}
