// npm run bench: what one run costs beside a bare spawn of the same command. Measures; fails on nothing it measures.
// Arguments: --json for the same as JSON, --quick for fewer rounds.
import { spawn } from 'node:child_process';

import { createRunner, localExec } from '@ploop/runner';

const ROUNDS = process.argv.includes('--quick') ? 60 : 400;
const WARM_UP = 20;
const MOST = 1.25;

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const descriptor = '/no/such/DiskDescriptor.xml';
const argv = ['-v-1', 'list'];
const PATH = [process.env.PATH, '/usr/sbin', '/sbin', '/usr/local/sbin'].join(':');
const env = { ...process.env, PATH, LC_ALL: 'C', LANG: 'C', PLOOP_PAD: 'x'.repeat(8192) };
const runner = createRunner({ release: { from: '1.15', to: '1.15' } });
const list = {
  name: 'list',
  verbosity: -1,
  mutates: false,
  argv: () => [],
  parse: (stdout) => ({ value: stdout }),
};

/** What anybody would write: both pipes read, and the end waited for. */
function spawnBare() {
  return new Promise((resolve, reject) => {
    const child = spawn('ploop', argv, { env, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', () => resolve(Buffer.concat(chunks).toString()));
  });
}

const ways = {
  bare: spawnBare,
  exec: () => localExec({ file: 'ploop', argv, env: {} }),
  runner: () => runner.run(list, { descriptor }),
};
const times = { bare: [], exec: [], runner: [] };
// In turns, so that what else the machine does falls on all of them.
for (let round = 0; round < ROUNDS + WARM_UP; round += 1)
  for (const [name, run] of Object.entries(ways)) {
    const start = performance.now();
    await run();
    if (round >= WARM_UP) times[name].push(performance.now() - start);
  }
const medians = Object.fromEntries(
  Object.entries(times).map(([name, values]) => [name, median(values)]),
);
const ratio = medians.runner / medians.bare;
const result = { node: process.version, rounds: ROUNDS, medians, ratio, most: MOST };
if (process.argv.includes('--json')) console.log(JSON.stringify(result));
else {
  console.log(`one run of ploop list (${process.version}, medians of ${ROUNDS}, milliseconds)`);
  for (const [name, value] of Object.entries(medians))
    console.log(
      `${name.padEnd(8)} ${value.toFixed(3).padStart(8)}  ${(value / medians.bare).toFixed(2)}`,
    );
  console.log(`ratio of a run: <= ${MOST}: ${ratio <= MOST ? 'ok' : 'NOT REACHED'}`);
}
