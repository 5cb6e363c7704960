import { expect, test } from 'vitest';

import { parseReport } from '../src/commands/check.ts';
import * as errors from '../src/errors/errors.ts';
import { failureOf } from '../src/errors/failure.ts';
import { parseToolErrors } from '../src/errors/tool-errors.ts';
import type { ExecOutcome } from '../src/exec/exec.ts';

/** What a name or the tool may put on a terminal that it should not. */
const HOSTILE: readonly string[] = [
  '\x1b[2J\x1b]0;title\x07',
  '\x9b31m',
  '\0',
  '\b\b\b',
  '\r',
  'a\nb',
  '\x7f',
  '\u2028',
  '\u2029',
  '\u202Eabc',
  '\u2066x',
  '\u200B',
  '\uFEFF',
  '\uD800',
];
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** The texts of an error that are for people. */
function said(error: errors.PloopError): readonly string[] {
  const { message, hint = '', leftBehind, toolErrors } = error;
  return [message, hint, ...leftBehind, ...toolErrors.map(({ text }) => text)];
}

test.each(HOSTILE)('%j never gets into what an error says', (text) => {
  const stderr = `Error in do_it (x.c:1): ${text}\n${text}`;
  const facts = {
    argv: ['ploop', text],
    stdout: text,
    stderr,
    toolErrors: parseToolErrors(stderr),
  };
  const details = { ...facts, hint: text, leftBehind: [text] };
  const all: readonly errors.PloopError[] = [
    new errors.PloopError('EXIT', text, details),
    new errors.ExitError(1, 'CREAT', details),
    new errors.SignalError(text, details),
    new errors.SpawnError(text, details),
    new errors.ConnectionError(text, details),
    new errors.AbortedError(details),
    new errors.TimeoutError(1, details),
    new errors.OutputError(text, details),
    new errors.OutcomeError(text, text),
    new errors.RefusedError('PATH_INVALID', text, text),
  ];
  const classes = Object.values(errors).filter((value) => value !== errors.isPloopError);
  expect(new Set<unknown>(all.map((error) => error.constructor))).toEqual(new Set(classes));
  for (const error of all) {
    for (const one of said(error)) expect(one).not.toMatch(UNSAFE);
    if (error.argv.length > 0) expect(error).toMatchObject({ stdout: text, stderr });
  }
});

test.each(HOSTILE)('%j of a failed run is in stderr alone', (text) => {
  const output = (of: string) => ({ text: of, droppedBytes: 0 });
  const outcome: ExecOutcome = {
    exitCode: 1,
    signal: undefined,
    cancelled: false,
    timedOut: false,
    spawnError: undefined,
    stdout: output(text),
    stderr: output(text),
  };
  const facts = { argv: ['ploop', 'check', text], stdout: text, stderr: text, toolErrors: [] };
  const kinds: readonly ExecOutcome[] = [
    outcome,
    { ...outcome, cancelled: true },
    { ...outcome, timedOut: true },
    { ...outcome, exitCode: undefined, signal: 'SIGSEGV' },
    { ...outcome, spawnError: new Error(text) },
    { ...outcome, connectionError: new Error(text) },
    { ...outcome, exitCode: 0, streamError: new Error(text) },
  ];
  for (const kind of kinds) {
    const error = failureOf(kind, facts, { subcommand: 'check', mutates: true });
    if (error === undefined) throw new Error('a failure is expected');
    for (const one of said(error)) expect(one).not.toMatch(UNSAFE);
    expect(error.stderr).toBe(text);
  }
});

test.each(HOSTILE)('%j of a check is not a part of its report', (text) => {
  const parsed = parseReport(`one\n${text}\n`);
  if (!('value' in parsed)) throw new Error('a report is expected');
  for (const line of parsed.value.report) expect(line).not.toMatch(UNSAFE);
});

test('backslashes of quoted texts stay', () => {
  expect(new errors.RefusedError('PATH_INVALID', '"a\\nb" is not').message).toBe('"a\\nb" is not');
});
