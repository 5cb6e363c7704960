import { expect, test } from 'vitest';

import type { ExecOutcome } from '../exec/exec.ts';
import { failureOf } from './failure.ts';
import { NO_RUN } from './run-facts.ts';

const outcome = (given: Partial<ExecOutcome>, stderr = ''): ExecOutcome => ({
  cancelled: false,
  timedOut: false,
  stdout: { text: '', droppedBytes: 0 },
  stderr: { text: stderr, droppedBytes: 0 },
  ...given,
});
const failure = (given: Partial<ExecOutcome>, stderr = ''): unknown =>
  failureOf(
    outcome(given, stderr),
    { ...NO_RUN, stderr },
    { subcommand: 'init', mutates: true, timeoutMs: 5 },
  );

// Exit code 23 as 1.15, 7.0.280 and 9.0.30 use it.
test.each([
  [
    'Error in do_lock (lock.c:132): The /p/DiskDescriptor.xml.lck is locked: Resource temporarily unavailable\n',
    true,
  ],
  ['The /p/DiskDescriptor.xml.lck is locked: Resource temporarily unavailable\n', true],
  ['[ 0.000084] Error in lock_test (lock.c:140): Already locked by pid 30800\n', true],
  [
    "/p/D.xml:1: parser error : Start tag expected, '<' not found\nError in ploop_read_dd (xml.c:403): Can't parse /p/D.xml\n",
    false,
  ],
  [
    "Error in create_file (lock.c:43): Can't create file /p/DiskDescriptor.xml.lck: Permission denied\n",
    false,
  ],
  ["Can't open lock file /p/DiskDescriptor.xml.lck: Read-only file system\n", false],
  ["Error in f (g.c:1): Can't parse /p/The disk is locked: x/DiskDescriptor.xml\n", false],
])('of exit code 23 only the conflict can be tried again: %s', (stderr, retryable) => {
  expect(failure({ exitCode: 23 }, stderr)).toMatchObject({ code: 'EXIT', retryable });
});

test('another exit code is not a lock conflict, whatever it says', () => {
  expect(failure({ exitCode: 38 }, 'Already locked by pid 1\n')).toMatchObject({
    retryable: false,
  });
});

test.each<[Partial<ExecOutcome>, string]>([
  [{ signal: 'SIGTERM', cancelled: true }, 'ABORTED'],
  [{ exitCode: 1, timedOut: true }, 'TIMEOUT'],
  [{ signal: 'SIGSEGV' }, 'SIGNAL'],
  [{ exitCode: 255, connectionError: new Error('no route') }, 'CONNECTION'],
])('%j says what may be left behind', (given, code) => {
  expect(failure(given)).toMatchObject({
    code,
    leftBehind: expect.arrayContaining(['DiskDescriptor.xml']) as unknown,
  });
});

test('a failure of its own accord leaves nothing to tell', () => {
  expect(failure({ exitCode: 38 })).toMatchObject({ code: 'EXIT', leftBehind: [] });
});

test('exit code 0 is success, asked to stop or not', () => {
  expect(failure({ exitCode: 0, cancelled: true })).toBeUndefined();
});
