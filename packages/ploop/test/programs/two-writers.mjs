// Two processes change one disk with the real tool: two-writers.mjs SECONDS SEED. Prints how often each error came, and
// every error whose `leftBehind`, code or message blames this process for what the other one did.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { localExec } from '@ploop/runner';

import { createDisk, createRunner, isPloopError, openDisk } from '../../dist/index.js';

const MIB = 2 ** 20;
const MOST_SHOTS = 10;
/** Of each process, however busy the machine is. */
const LEAST_CALLS = 6;
const CHANGES = new Set([
  'snapshot',
  'snapshot-switch',
  'snapshot-delete',
  'snapshot-merge',
  'grow',
  'convert',
  'replace',
]);

if (process.argv[2] === 'write') {
  const [, , , directory, end, seed] = process.argv;
  process.send(await write(directory, Number(end), Number(seed)));
  process.disconnect();
} else {
  const [, , seconds, seed = String(Date.now() % 2 ** 31)] = process.argv;
  await run(Number(seconds), Number(seed));
}

async function run(seconds, seed) {
  const directory = mkdtempSync(join(tmpdir(), 'ploop-writers-'));
  try {
    const path = join(directory, 'root.hdd');
    await createDisk({ path, size: 8 * MIB, clusterSize: MIB, fileSystem: 'none' });
    const end = Date.now() + seconds * 1000;
    const told = await Promise.all(
      [1, 2].map(async (writer) => {
        const argv = ['write', directory, String(end), String(seed * 2 + writer)];
        const child = fork(import.meta.filename, argv);
        let said = { failures: ['a writer ended without a word'] };
        child.on('message', (message) => (said = message));
        await once(child, 'exit');
        return said;
      }),
    );
    const sum = (field) => {
      const total = {};
      for (const one of told)
        for (const [name, count] of Object.entries(one[field] ?? {}))
          total[name] = (total[name] ?? 0) + count;
      return total;
    };
    const failures = told.flatMap((one) => one.failures);
    console.log(
      JSON.stringify({
        seconds,
        seed,
        calls: told.reduce((total, { calls = 0 }) => total + calls, 0),
        succeeded: sum('succeeded'),
        errors: sum('errors'),
        named: told.reduce((total, { named = 0 }) => total + named, 0),
        failed: failures.length,
        failures: failures.slice(0, 20),
      }),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Numbers from 0 to 1 that depend on nothing but the seed: mulberry32. */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function write(directory, end, seed) {
  const random = randomFrom(seed);
  const pick = (values) => values[Math.floor(random() * values.length)];
  const descriptor = join(directory, 'DiskDescriptor.xml');
  /** What the tool said in the runs of the last call: that is all that this process did. */
  let said = '';
  let started = 0;
  const exec = Object.assign(
    async (request) => {
      // Some runs fail late, as where the descriptor cannot be replaced any more.
      const outcome = await localExec(request);
      if (request.argv.some((word) => CHANGES.has(word))) {
        started += 1;
        said += outcome.stdout.text;
        if (outcome.exitCode === 0 && random() < 0.1) return { ...outcome, exitCode: 28 };
      }
      return outcome;
    },
    { isLocal: true },
  );
  const disk = await openDisk(directory, { runner: createRunner({ exec }) });
  const told = { calls: 0, succeeded: {}, errors: {}, named: 0, failures: [] };
  const count = (total, name) => (total[name] = (total[name] ?? 0) + 1);

  while (Date.now() < end || told.calls < LEAST_CALLS) {
    told.calls += 1;
    const { name, change } = await changeOf(disk, pick, directory);
    said = '';
    started = 0;
    try {
      await change();
      count(told.succeeded, name);
    } catch (error) {
      if (!isPloopError(error)) {
        told.failures.push(`${name}: ${error.stack.split('\n').slice(0, 4).join(' ')}`);
        continue;
      }
      count(told.errors, `${name} ${error.reason ?? error.exitName ?? error.code}`);
      const wrong = await underLock(descriptor, () => blame(error, { directory, said, started }));
      told.named += error.leftBehind.length;
      for (const one of wrong) told.failures.push(`${name}: ${one}: ${error.message}`);
    }
  }
  return told;
}

async function changeOf(disk, pick, directory) {
  const shots = await disk.snapshots();
  const { guid, file } = pick(shots);
  const changes = {
    switch: () => disk.switchSnapshot(guid),
    keep: () => disk.switchSnapshot(guid, { keepOldTop: true }),
    reuse: () => disk.switchSnapshot(guid, { reuseTarget: true }),
    delete: () => disk.deleteSnapshot(guid),
    discard: () => disk.deleteSnapshot(guid, { discardTop: true }),
    merge: () => disk.mergeSnapshot(guid),
    mergeTop: () => disk.mergeSnapshot(),
    check: () => disk.check(),
    convert: () => disk.convert({ format: pick(['expanded', 'preallocated']) }),
    grow: async () => disk.grow((await disk.imageInfo()).size + pick([0, 1]) * MIB),
    limit: () => disk.setMaxDeltaSize(pick(['unlimited', 64 * MIB, 128 * MIB])),
    replace: async () => {
      const copy = join(directory, '..', `copy-${process.pid}-${Math.round(performance.now())}`);
      try {
        copyFileSync(file, copy);
      } catch {
        return;
      }
      try {
        await disk.replace({ target: { guid }, file: copy, keepName: true });
      } finally {
        rmSync(copy, { force: true });
      }
    },
    snapshot: () => (shots.length < MOST_SHOTS ? disk.snapshot() : disk.mergeSnapshot()),
  };
  const name = pick([...Object.keys(changes), 'snapshot', 'snapshot', 'snapshot']);
  return { name, change: changes[name] };
}

/** What of an error is not so, or not the work of this process. */
function blame(error, { directory, said, started }) {
  const { code, leftBehind, message } = error;
  const wrong = [];
  if (code === 'REFUSED' && leftBehind.length > 0) wrong.push('a refusal that leaves something');
  if (code === 'REFUSED' && error.name !== 'RefusedError') wrong.push('a refusal of another class');
  if (code === 'REFUSED' && error.reason === 'DISK_DAMAGED')
    wrong.push('a healthy disk called damaged');
  if (code === 'OUTCOME' && !isOutcomeTrue(directory, said)) wrong.push('a false OUTCOME');
  if (started === 0 && leftBehind.length > 0) wrong.push('nothing was started');
  const xml = readFileSync(join(directory, 'DiskDescriptor.xml'), 'latin1');
  const named = new Set(
    Array.from(xml.matchAll(/<File>([^<]*)</g), ([, file]) => join(directory, file)),
  );
  const files = new Set(leftBehind.flatMap((one) => one.match(/\/[^\s,]+/g) ?? []));
  for (const file of message.match(/left behind: .*/)?.[0].match(/\/[^\s,]+/g) ?? [])
    files.add(file);
  for (const file of files) {
    if (named.has(file)) wrong.push(`${file} is named by the descriptor`);
    if (!existsSync(file)) wrong.push(`${file} is not there`);
    if (!said.includes(`Creating delta ${file} `) && !said.includes(`Storing ${file}`))
      wrong.push(`${file} is not of this process`);
  }
  for (const [, guid] of leftBehind.join('\n').matchAll(/^snapshot (\{[^}]+\})$/gm))
    if (!said.includes(guid)) wrong.push(`${guid} is not of this process`);
  return wrong;
}

/** Exit code 0, and what the tool said it made is there and in no disk. */
function isOutcomeTrue(directory, said) {
  const xml = readFileSync(join(directory, 'DiskDescriptor.xml'), 'latin1');
  const made = Array.from(said.matchAll(/Creating delta (\/.+) bs=/g), ([, file]) => file);
  return made.some(
    (file) => existsSync(file) && !xml.includes(`<File>${file.slice(directory.length + 1)}<`),
  );
}

/** Holds the lock that the tool takes, without our own code. */
async function underLock(descriptor, work) {
  const holder = spawn('flock', [`${descriptor}.lck`, 'cat']);
  holder.stdin.write('x');
  await once(holder.stdout, 'data');
  try {
    return work();
  } finally {
    holder.stdin.end();
    await once(holder, 'exit');
  }
}
