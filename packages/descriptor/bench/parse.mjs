// npm run bench: how long parsing takes beside the peers, and how much memory. Measures; fails on nothing it measures.
// Arguments: --json for the same as JSON, --quick to leave 100,000 shots out.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { boundsOf } from './bounds.mjs';
import { coreBytes } from './core-size.mjs';
import { generate } from './generate.mjs';
import { parseAndBuild } from './parse-and-build.mjs';
import { print } from './print.mjs';

const SHOTS = [1, 126, 1_000, 10_000, 100_000];
/** The peers need longer than anybody waits for a median of theirs. */
const ONCE = 100_000;
const WARM_ROUNDS = 7;
const PROCESS_ROUNDS = 5;
/** Small inputs are parsed many times a turn, each parse a measurement of its own; the largest once. */
const SHOTS_A_TURN = 10_000;

const parseFile = join(import.meta.dirname, 'parse-file.mjs');
const PATH = [process.env.PATH, '/usr/sbin', '/sbin', '/usr/local/sbin'].join(':');
const commands = {
  ours: (file) => [process.execPath, [parseFile, file]],
  xmllint: (file) => ['xmllint', ['--noout', file]],
  tool: (file) => ['ploop', ['-v-1', 'snapshot-list', file]],
};

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Microseconds of one parse, the sizes in turns, so that what else the machine does falls on all of them. */
function measureWarm(inputs) {
  const times = inputs.map(() => []);
  for (let round = 0; round <= WARM_ROUNDS; round += 1)
    for (const [index, { shots, bytes }] of inputs.entries()) {
      for (let run = 0; run < Math.ceil(SHOTS_A_TURN / (shots + 10)); run += 1) {
        const start = performance.now();
        parseAndBuild(bytes);
        // The first round warms up.
        if (round > 0) times[index].push((performance.now() - start) * 1000);
      }
    }
  return times.map(median);
}

/** Seconds from start to exit, and what the process said; `undefined` where there is no such program. */
function runProcess([program, argv]) {
  const start = performance.now();
  const { status, error, stdout, stderr } = spawnSync(program, argv, {
    env: { ...process.env, PATH, LC_ALL: 'C' },
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  const seconds = (performance.now() - start) / 1000;
  if (error?.code === 'ENOENT') return undefined;
  if (status !== 0) throw new Error(`${program} fails: ${error?.message ?? stderr}`);
  return { seconds, stdout };
}

/** Medians of the programs, run in turns. */
function measureProcesses({ shots, file }) {
  const times = { ours: [], xmllint: [], tool: [] };
  const peaks = [];
  for (let round = 0; round < PROCESS_ROUNDS; round += 1)
    for (const [name, command] of Object.entries(commands)) {
      if (name === 'tool' && shots >= ONCE && round > 0) continue;
      const ran = runProcess(command(file));
      if (ran === undefined) continue;
      times[name].push(ran.seconds);
      if (name !== 'ours') continue;
      const said = JSON.parse(ran.stdout);
      if (said.shots !== shots) throw new Error(`${said.shots} shots read of ${shots}`);
      peaks.push(said.peakBytes);
    }
  return {
    ours: median(times.ours),
    xmllint: median(times.xmllint),
    tool: median(times.tool),
    peakBytes: median(peaks),
  };
}

const options = new Set(process.argv.slice(2));
const directory = mkdtempSync(join(tmpdir(), 'ploop-bench-'));
try {
  const inputs = SHOTS.filter((shots) => !options.has('--quick') || shots < ONCE).map((shots) => {
    const file = join(directory, `${shots}.xml`);
    const bytes = Buffer.from(generate(shots));
    writeFileSync(file, bytes);
    return { shots, file, bytes };
  });
  const warm = measureWarm(inputs);
  const sizes = inputs.map((input, index) => ({
    shots: input.shots,
    fileBytes: input.bytes.length,
    warmMicroseconds: warm[index],
    processSeconds: measureProcesses(input),
  }));
  const result = { node: process.version, sizes, coreGzippedBytes: await coreBytes() };
  const report = { ...result, bounds: boundsOf(result) };
  if (options.has('--json')) console.log(JSON.stringify(report, undefined, 2));
  else print(report);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
