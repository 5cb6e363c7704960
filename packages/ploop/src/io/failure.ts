import { tooManyOpen } from '@ploop/descriptor/internal';
import { failureOf, isGone } from '@ploop/descriptor/node/internal';

import { ReadError } from './read-error.ts';

const GOING: ReadonlySet<unknown> = new Set(['ENODEV', 'ENXIO', 'ESRCH']);
const PASSING: ReadonlySet<unknown> = new Set(['EIO', 'EAGAIN', 'EBUSY', 'EINTR']);

/** Whether there is nothing at a path of the kernel, or what was there is just going. */
export function isGoing(cause: unknown): boolean {
  return isGone(cause) || GOING.has(failureOf(cause));
}

/** Whether the same operation may work the next moment, as it does when a device comes or goes. */
export function isPassing(cause: unknown): boolean {
  return PASSING.has(failureOf(cause));
}

/** The error of a file of the kernel that should be readable, and is not; `TOO_MANY_OPEN_FILES` if none can be opened. */
export function unreadable(path: string, cause: unknown): Error {
  const exhausted = tooManyOpen(path, cause);
  if (exhausted !== undefined) return exhausted;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ReadError('KERNEL_UNREADABLE', `cannot read ${path}: ${reason}`, { cause });
}
