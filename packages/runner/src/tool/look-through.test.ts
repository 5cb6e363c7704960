import { expect, test } from 'vitest';

import type { ExecOutcome } from '../exec/exec.ts';
import { lookThrough } from './look-through.ts';

const nothing = { text: '', droppedBytes: 0 };
const lookingAt = (outcome: Partial<ExecOutcome>): ReturnType<typeof lookThrough> => {
  const ended = { cancelled: false, timedOut: false, stdout: nothing, stderr: nothing };
  return lookThrough(() => Promise.resolve({ ...ended, ...outcome }), {});
};

test('a machine out of reach says nothing of a path', async () => {
  const look = lookingAt({ exitCode: 255, connectionError: new Error('ssh to vz failed') });
  await expect(look('/p')).rejects.toMatchObject({ code: 'CONNECTION' });
});

test('a path that cannot be looked at is refused', async () => {
  const text = "stat: cannot statx '/p': Permission denied\n";
  const look = lookingAt({ exitCode: 1, stderr: { text, droppedBytes: 0 } });
  await expect(look('/p')).rejects.toMatchObject({ reason: 'PATH_INVALID' });
});

test('what is missing is', async () => {
  const text = "stat: cannot statx '/p': No such file or directory\n";
  const look = lookingAt({ exitCode: 1, stderr: { text, droppedBytes: 0 } });
  await expect(look('/p')).resolves.toBe('missing');
});
