import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isRecord, type Rules } from '@ploop/descriptor/arguments';
import { argumentFaults, filesIn } from '@ploop/test-kit';
import { afterAll, describe, expect, test } from 'vitest';

import { FUNCTIONS, METHODS } from '../src/arguments/functions.ts';
import * as api from '../src/index.ts';
import { dd } from './cases/case.ts';
import { cases } from './cases/index.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'ploop-arguments-')));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

let started = 0;
const exec = Object.assign(
  (): Promise<api.ExecOutcome> => {
    started += 1;
    const nothing = { text: '', droppedBytes: 0 };
    const spawnError = Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
    const stop = { cancelled: false, timedOut: false };
    return Promise.resolve({ ...stop, spawnError, stdout: nothing, stderr: nothing });
  },
  { isLocal: true },
);
const release = { from: '1.15', to: '1.15' } satisfies Required<api.Release>;
const runner = api.createRunner({ exec, release });

const { info } = api;
const input = { descriptor: dd };
const { signal } = new AbortController();
const run = { signal, timeoutMs: 1000, killAfterMs: 1000 } satisfies Required<api.RunOptions>;
const work = (): Promise<number> => Promise.resolve(1);

/** A right call of each exported function, with every option that it knows. */
const CALLS: Readonly<Record<string, readonly unknown[]>> = {
  availability: [release, [{ since: '1' }]],
  commandLine: [info, input, { release }, 3],
  releaseNeeds: [info, input],
  compareVersions: ['1', '1.15'],
  createRunner: [
    {
      binary: 'ploop',
      env: { A: 'x' },
      exec,
      release,
      onRun: () => undefined,
      onLog: () => undefined,
      verbosity: 3,
      logFile: join(root, 'log'),
      logLevel: 3,
      signal,
      timeoutMs: 1000,
      lockRetry: {
        deadlineMs: 1000,
        firstDelayMs: 10,
        longestDelayMs: 100,
      } satisfies Required<api.LockRetry>,
      concurrency: 4,
    } satisfies Required<api.RunnerOptions>,
  ],
  devicesLeft: [{ stdout: '' }],
  reportedFiles: [{ stdout: '' }],
  isExit: [new Error('x'), 23],
  quoteCommand: [['ploop', 'list']],
  quoteWord: ['ploop'],
  requireFileLock: [release],
  settledLook: [
    {
      look: work,
      isSame: () => true,
      hold: work,
      isFinal: () => true,
    } satisfies Required<api.SettledLook<number>>,
  ],
  sshExec: [
    {
      host: 'host',
      args: ['-4'],
      ssh: 'ssh',
      controlPath: '/run/x',
    } satisfies Required<api.SshOptions>,
  ],
  sudoExec: [{ exec } satisfies Required<api.SudoOptions>],
};

/** {@link CALLS} of the methods of a runner. */
const METHOD_CALLS: Readonly<Record<string, readonly unknown[]>> = {
  complete: [info, input, run],
  exclusive: [dd, work, signal, 'processes'],
  locked: [dd, work, { signal, timeoutMs: 1000 } satisfies Required<api.LockOptions>],
  preflight: [info, input],
  run: [info, input, run],
};

const EXEMPT = {
  'returns undefined for what is not a code': ['exitNameOf'],
  'judges any value': ['isNotMounted', 'isPloopError'],
  'takes nothing': ['nothing'],
  'takes what the library returned': ['operationOf', 'planRefused', 'plansOfCommand', 'refuseHarm'],
  'says in its outcome what was not started': ['localExec'],
};

type AnyFunction = (...args: readonly unknown[]) => unknown;
const functionsOf = (owner: object): readonly (readonly [string, AnyFunction])[] =>
  Object.entries(owner).filter(
    (entry): entry is [string, AnyFunction] => typeof entry[1] === 'function',
  );
const isClass = (value: unknown): boolean => /^class\b/.test(String(value));

test('every exported function and every method of a runner has a row', () => {
  const known = [...Object.keys(CALLS), ...Object.values(EXEMPT).flat()];
  const exported = functionsOf(api).filter(([, value]) => !isClass(value));
  expect(known.toSorted()).toEqual(exported.map(([name]) => name).toSorted());
  const methods = [
    ...Object.keys(METHOD_CALLS),
    ...Object.keys(api.commands),
    ...['loadModules', 'release'],
  ];
  expect(methods.toSorted()).toEqual(
    functionsOf(runner)
      .map(([name]) => name)
      .toSorted(),
  );
});

/** `done`, the reason or the code of a typed error, or the untyped error. */
async function outcomeOf(call: () => unknown): Promise<string> {
  try {
    await call();
    return 'done';
  } catch (error) {
    if (error instanceof api.RefusedError) return error.reason;
    return error instanceof api.PloopError ? error.code : `untyped ${String(error)}`;
  }
}

/** What is wrong with a value has a reason by what it is. */
const REASONS: readonly api.Refusal[] = [
  'CHOICE_INVALID',
  'CLUSTER_SIZE_INVALID',
  'GUID_INVALID',
  'NUMBER_INVALID',
  'OPTION_INVALID',
  'PATH_INVALID',
  'SIZE_INVALID',
  'TARGET_AMBIGUOUS',
  'TEXT_INVALID',
];

const judged = (
  of: AnyFunction,
  args: readonly unknown[],
  rules: Parameters<typeof argumentFaults>[0]['rules'],
  refused: readonly string[] = ['OPTION_INVALID'],
): Promise<readonly string[]> =>
  argumentFaults({
    run: of,
    args,
    rules,
    outcomeOf,
    refused,
    // What is in a command is the library's own.
    // Whatever was thrown can be asked for an exit code, and no counters are counters.
    isRight: (place, value) =>
      (args[0] === info && place.startsWith('[0].')) ||
      (of === api.isExit && place === '[0]') ||
      (place === '[0].set' && isRecord(value)),
    witness: () => [started, filesIn(root)],
    // A function of the caller fails as it does, and a log file has a name of its own.
    isSafe: (_args, place, value) => typeof value !== 'function' && !place.endsWith('logFile'),
  });

/** A command of the table needs an input; of a command of the caller's own that is not known. */
const withInput = (rules: Rules): Parameters<typeof argumentFaults>[0]['rules'] =>
  'input' in rules ? { ...rules, input: { isNeeded: true } } : rules;

describe('functions refuse wrong values', () => {
  const rules: Readonly<Record<string, Rules>> = FUNCTIONS;
  test.each(functionsOf(api).filter(([name]) => name in CALLS))('%s', async (name, of) => {
    const reasons = ['commandLine', 'releaseNeeds'].includes(name) ? REASONS : undefined;
    expect(await judged(of, CALLS[name] ?? [], withInput(rules[name] ?? {}), reasons)).toEqual([]);
  });
});

describe('methods of a runner refuse wrong values', () => {
  const rules: Readonly<Record<string, Rules>> = METHODS;
  test.each(functionsOf(runner).filter(([name]) => name in METHOD_CALLS))(
    '%s',
    async (name, of) => {
      expect(
        await judged(of, METHOD_CALLS[name] ?? [], withInput(rules[name] ?? {}), REASONS),
      ).toEqual([]);
    },
  );
});

interface Row {
  readonly input: object;
  readonly release?: api.Release | undefined;
}

/** The inputs of the cases have every option: what they are is tested with them. */
describe('commands refuse wrong values', () => {
  const table: Readonly<Record<string, unknown>> = api.commands;
  const rows: Readonly<Record<string, { readonly argv: readonly Row[] }>> = cases;
  test.each(Object.keys(table))('%s', async (name) => {
    const command = table[name] as api.Command<unknown, unknown>;
    const faults: string[] = [];
    for (const row of rows[name]?.argv ?? []) {
      const line = (given: unknown): unknown =>
        api.commandLine(command, given, { release: row.release });
      faults.push(...(await judged(line, [row.input], { input: { isNeeded: true } }, REASONS)));
    }
    expect(faults).toEqual([]);
  });
});
