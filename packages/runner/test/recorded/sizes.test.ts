import { parseDescriptor } from '@ploop/descriptor';
import { expect, test } from 'vitest';

import { commands, createRunner, isPloopError, type Command } from '../../src/index.ts';
import { CALLED, recordedCalls, type Call } from './calls.ts';
import { commandOf, sizeIn } from './command-of.ts';
import { replaying } from './replay.ts';

const CHANGES_SIZE = /^(?:grow|resize|init) /;
/** The tool itself, about a size within a cluster. */
const UNALIGNED = 'must be aligned to the cluster block size';

type AnyCommand = Command<unknown, unknown>;

/** Why the runner refuses a call; `undefined` if it does not. */
async function reasonOf(call: Call): Promise<string | undefined> {
  const ours = commandOf(call.argv);
  if (ours === undefined) return undefined;
  const command = commands[ours.name] as AnyCommand;
  const exec = replaying(call, command.name);
  const release = { from: call.release, to: call.release };
  const runner = createRunner({ binary: 'ploop', exec, release });
  try {
    await runner.preflight(command, ours.input);
    return undefined;
  } catch (error) {
    if (isPloopError(error)) return error.reason;
    throw error;
  }
}

/** What a release says of the next snapshot of a disk after a call that changed its size. */
function isStuckAfter({ argv, exit }: Call, calls: readonly Call[]): boolean {
  if (exit !== 0 || argv[0] !== 'grow') return false;
  const disk = argv.at(-1);
  return calls.some(
    (next) =>
      next.argv[0] === 'snapshot' &&
      next.argv.at(-1) === disk &&
      next.stderr.includes(UNALIGNED),
  );
}

/** Whether a new disk is smaller than asked for. */
function isCut({ argv, exit, before, after }: Call): boolean {
  if (exit !== 0 || argv[0] !== 'init') return false;
  const asked = sizeIn(argv[argv.indexOf('-s') + 1] ?? '');
  return [...after.descriptors].some(([path, text]) => {
    const made = before.descriptors.has(path) ? undefined : parseDescriptor(text).descriptor;
    return made !== undefined && made.size * 512 < asked;
  });
}

test.each(CALLED)('%s: a size is refused if the release cannot use it', async (release) => {
  const seen = { calls: 0, unaligned: 0, stuck: 0 };
  const calls = recordedCalls(release);
  for (const call of calls) {
    const isDisk = call.argv.at(-1)?.endsWith('DiskDescriptor.xml') === true || call.argv[0] === 'init';
    if (!CHANGES_SIZE.test(call.argv.join(' ')) || !isDisk) continue;
    const isUnaligned = call.stderr.includes(UNALIGNED);
    const isStuck = isStuckAfter(call, calls);
    const reason = await reasonOf(call);
    const isRefused = reason === 'SIZE_INVALID';
    if (call.exit === 0) expect(reason, call.where).not.toBe('NOT_IN_RELEASE');
    if (isUnaligned || isStuck || isCut(call)) expect(isRefused, call.where).toBe(true);
    else if (call.exit === 0) expect(isRefused, call.where).toBe(false);
    seen.calls += 1;
    seen.unaligned += isUnaligned ? 1 : 0;
    seen.stuck += isStuck ? 1 : 0;
  }
  console.info(`${release} ${JSON.stringify(seen)}`);
  expect(seen.calls).toBeGreaterThan(10);
  expect(seen.unaligned + seen.stuck > 0 || release.startsWith('7')).toBe(true);
});

test('a resize takes a size within a cluster', async () => {
  const resizes = CALLED.flatMap(recordedCalls).filter(
    ({ argv }) => argv[0] === 'resize' && ['32769', '40000'].includes(argv[argv.indexOf('-s') + 1] ?? ''),
  );
  const plain = resizes.filter(({ argv }) => !argv.includes('-o'));
  expect(plain.length).toBeGreaterThan(CALLED.length);
  for (const call of plain) expect(await reasonOf(call), call.where).toBeUndefined();
});
