// Kills changes of a disk at every moment: kill.mjs RUNS SEED LIBRARIES [CHANGE…]. LIBRARIES is a value for LD_PRELOAD:
// `kill-at`, and what has the tool make images of version 2. Where KILL_WORLD is a machine with a driver and KILL_KERNEL
// the library that plays it, disks are mounted as well. Prints how often each change was killed and what it came to,
// also where SIGTERM ends it early.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { openDisk } from '../../../dist/index.js';

import { findingsOf, judge } from './judge.mjs';
import { makeTemplate, structureOf } from './template.mjs';
import { CHANGES, runner } from './changes.mjs';
import { hasDriver, makeMachine, onMachine, settle } from './machine.mjs';

const [, , runs, seedText, libraries, ...only] = process.argv;
const VICTIMS = ['the tool', 'our process', 'both'];
const seed = Number(seedText);

const root = mkdtempSync(join(tmpdir(), 'ploop-kill-'));
try {
  await main();
} finally {
  rmSync(root, { recursive: true, force: true });
}

/** Numbers from 0 to 1 that depend on nothing but the seed: mulberry32. */
function randomFrom(from) {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function main() {
  const random = randomFrom(seed);
  process.env.LD_PRELOAD = libraries.split(':').slice(1).join(':');
  const templates = {};
  const told = { runs: 0, seed, victims: {}, changes: {}, failures: [] };
  const names = Object.keys(CHANGES)
    .filter((name) => only.length === 0 || only.includes(name))
    .filter((name) => hasDriver || !CHANGES[name][2]);
  let isStopped = false;
  process.once('SIGTERM', () => (isStopped = true));
  // Each in turn, so that few runs are of many changes.
  for (let index = 0; index < Number(runs) && !isStopped; index += 1) {
    const name = names[(index + seed) % names.length];
    const [template] = CHANGES[name];
    templates[template] ??= await makeTemplate(template, join(root, template), random);
    const plan = (templates[`plan ${name}`] ??= await dryRun(name, template));
    const victim =
      (Math.floor(index / names.length) + ((index + seed) % names.length)) % VICTIMS.length;
    const kill = { target: 1 + Math.floor(random() * plan.calls), victim, half: random() < 0.5 };
    const outcome = await killed(name, template, kill, {
      ...templates[template],
      ...plan,
    });
    told.runs += 1;
    told.victims[VICTIMS[victim]] = (told.victims[VICTIMS[victim]] ?? 0) + 1;
    const change = (told.changes[name] ??= { calls: plan.calls });
    change[outcome.state] = (change[outcome.state] ?? 0) + 1;
    for (const failure of outcome.failures)
      told.failures.push(
        `${name}, ${VICTIMS[victim]} at call ${kill.target} of ${plan.calls}${kill.half ? ', half' : ''}: ${failure}`,
      );
    if (process.env.KILL_VERBOSE)
      console.error(name, JSON.stringify(kill), JSON.stringify(outcome));
  }
  console.log(JSON.stringify({ ...told, failed: told.failures.length }));
}

/** Runs a change, killed at a call that changes files; `target` 0 kills nothing. */
async function work(name, directory, { target, victim = 0, half = false }) {
  const state = `${directory}.state`;
  const words = Buffer.alloc(64);
  words.writeBigInt64LE(BigInt(target), 8);
  words.writeInt32LE(victim, 16);
  words.writeInt32LE(half ? 1 : 0, 20);
  writeFileSync(state, words);
  const worker = join(import.meta.dirname, 'worker.mjs');
  const { stdout, stderr } = spawnSync(process.execPath, [worker, name, directory], {
    env: { ...process.env, LD_PRELOAD: libraries, KILL_DIR: `${directory}/`, KILL_STATE: state },
    encoding: 'utf8',
    timeout: 120_000,
  });
  // The tool can go on without our process.
  while (target > 0 && isAtWork(state)) await setTimeout(20);
  const calls = Number(readFileSync(state).readBigInt64LE(0));
  rmSync(state);
  return { calls, said: stdout === '' ? undefined : JSON.parse(stdout), stderr };
}

/** Whether a process is left that counts its calls in a file. */
function isAtWork(state) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .some((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`KILL_STATE=${state}\0`);
      } catch {
        return false;
      }
    });
}

/** Has a disk on a machine of its own, mounted or not, where the change needs that. */
async function prepare(name, directory) {
  const [template, , driver] = CHANGES[name];
  if (driver === undefined) return;
  makeMachine(directory, join(root, template));
  if (driver !== 'mounted') return;
  const disk = await openDisk(directory, onMachine(directory));
  const target = template === 'ext4' ? `${directory}.mounted` : undefined;
  if (target !== undefined) mkdirSync(target, { recursive: true });
  await disk.mount({ target });
}

function settled(name, directory, leftBehind) {
  return CHANGES[name][2] === undefined ? [] : settle(directory, leftBehind);
}

async function dryRun(name, template) {
  const directory = join(root, 'plan');
  copyOf(template, directory);
  await prepare(name, directory);
  const usual = (await findingsOf(directory)).map(({ code }) => code);
  const { calls, said, stderr } = await work(name, directory, { target: 0 });
  if (said?.done !== true) throw new Error(`${name} fails: ${said?.message ?? stderr}`);
  const failures = await settled(name, directory);
  if (failures.length > 0) throw new Error(`${name}: ${failures}`);
  const after = structureOf(directory);
  const codes = new Set([...usual, ...(await findingsOf(directory)).map(({ code }) => code)]);
  for (const code of ['DELTA_ORPHANED', 'FILE_UNREADABLE', 'IMAGE_IN_USE']) codes.delete(code);
  rmSync(directory, { recursive: true });
  return { calls, after, usual: codes };
}

function copyOf(template, directory) {
  rmSync(directory, { recursive: true, force: true });
  const from = join(root, template);
  cpSync(from, directory, { recursive: true });
  if (existsSync(`${from}.json`)) cpSync(`${from}.json`, `${directory}.json`);
}

async function killed(name, template, kill, known) {
  const directory = join(root, 'work');
  copyOf(template, directory);
  await prepare(name, directory);
  const { said } = await work(name, directory, kill);
  const failures = await settled(name, directory, said?.leftBehind);
  const again = async () => {
    await prepare(name, directory);
    await work(name, directory, { target: 0 });
    const problems = await settled(name, directory);
    if (problems.length > 0) throw new Error(problems.join(', '));
  };
  const remove = (guid) =>
    runner.snapshotDelete({ descriptor: join(directory, 'DiskDescriptor.xml'), guid });
  const before = structureOf(join(root, template));
  const outcome = await judge({ name, directory, said, again, remove, before, ...known });
  return { ...outcome, failures: [...failures, ...outcome.failures] };
}
