import { createRunner, localExec, type ExecOutcome, type Runner } from '@ploop/runner';
import { ASKED } from './asked.ts';

/** What happens where another program holds the lock of the disk. */
const LOCKED: ExecOutcome = {
  exitCode: 23,
  cancelled: false,
  timedOut: false,
  stdout: { text: '', droppedBytes: 0 },
  stderr: {
    text: 'Error in do_lock (lock.c:132): The /p/DiskDescriptor.xml.lck is locked: Resource temporarily unavailable\n',
    droppedBytes: 0,
  },
};

const CHANGES = ['snapshot', 'snapshot-switch', 'snapshot-delete', 'snapshot-merge'];

/** A runner of the real tool, whose change number `failing`, counted from 1, does not come about. */
export function failingAt(failing: number): Runner {
  let changes = 0;
  return createRunner({
    ...ASKED,
    exec: async (request) => {
      if (request.argv.some((argument) => CHANGES.includes(argument))) changes += 1;
      else return localExec(request);
      return changes === failing ? LOCKED : localExec(request);
    },
  });
}
