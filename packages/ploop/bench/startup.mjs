// npm run bench startup: how long programs take to start, beside a start of Node that does nothing. Fails on nothing it
// measures. Arguments: --json for the same as JSON, --quick for fewer rounds.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROUNDS = process.argv.includes('--quick') ? 5 : 15;
const root = join(import.meta.dirname, '..', '..', '..');
const INSPECT = join(root, 'apps', 'inspect', 'bin', 'ploop-inspect.js');
const DISK = join(root, 'apps', 'examples', 'recorded', 'step-5');

const importOf = (name) => ['--input-type=module', '--eval', `await import('${name}')`];

/** Arguments of Node, and the most times as long as `node -e 0` that it may take. */
const STARTS = {
  'node -e 0': { argv: ['-e', '0'], most: undefined },
  'ploop-inspect --help': { argv: [INSPECT, '--help'], most: 1.6 },
  'ploop-inspect show': { argv: [INSPECT, 'show', DISK], most: 2.0 },
  "import('ploop')": { argv: importOf('ploop'), most: 2.2 },
  "import('@ploop/descriptor')": { argv: importOf('@ploop/descriptor'), most: 1.6 },
};

const times = Object.fromEntries(Object.keys(STARTS).map((name) => [name, []]));
// In turns, so that what else the machine does falls on all of them. The first round only fills caches.
for (let round = 0; round <= ROUNDS; round += 1)
  for (const [name, { argv }] of Object.entries(STARTS)) {
    const start = performance.now();
    execFileSync(process.execPath, argv, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    if (round > 0) times[name].push(performance.now() - start);
  }

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const base = median(times['node -e 0']);
const starts = Object.entries(STARTS).map(([name, { most }]) => {
  const milliseconds = median(times[name]);
  return { name, milliseconds, ratio: milliseconds / base, most };
});

if (process.argv.includes('--json'))
  console.log(JSON.stringify({ node: process.version, rounds: ROUNDS, starts }));
else {
  console.log(`start of a program (${process.version}, medians of ${ROUNDS}, milliseconds)`);
  for (const { name, milliseconds, ratio, most } of starts) {
    const columns = [name.padEnd(28), milliseconds.toFixed(0).padStart(6), ratio.toFixed(2)];
    const verdict =
      most === undefined ? '' : `at most ${most.toFixed(1)}: ${ratio <= most ? 'yes' : 'NO'}`;
    console.log([...columns, verdict].join('  ').trimEnd());
  }
}
