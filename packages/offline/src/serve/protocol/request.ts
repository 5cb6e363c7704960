import { COMMAND, ERROR, MOST_BYTES, NBD, REQUEST_FLAG } from './numbers.ts';
import { NbdError, type DiskRange, type ServedDisk } from './served-disk.ts';
import { viewOf } from './view-of.ts';

/** Bytes of a request without its data. */
export const REQUEST_BYTES = 28;

/** A request of a client. */
export interface Request {
  readonly flags: number;
  readonly type: number;
  /** Chosen by the client, and repeated in the reply. */
  readonly cookie: bigint;
  /** Byte of the disk; a number beyond 2^53 only if it is beyond the end. */
  readonly position: number;
  readonly length: number;
}

/** A request; `undefined` if the bytes are not one. */
export function parseRequest(bytes: Uint8Array): Request | undefined {
  const view = viewOf(bytes);
  if (view.getUint32(0) !== NBD.REQUEST_MAGIC) return undefined;
  return {
    flags: view.getUint16(4),
    type: view.getUint16(6),
    cookie: view.getBigUint64(8),
    position: Number(view.getBigUint64(16)),
    length: view.getUint32(24),
  };
}

const { fua, noHole, dontFragment, oneExtent, fastZero } = REQUEST_FLAG;

/** The flags that each command may have. */
const ALLOWED: ReadonlyMap<number, number> = new Map([
  // Clients are known to ask every command for durability.
  [COMMAND.read, fua | dontFragment],
  [COMMAND.write, fua],
  [COMMAND.flush, fua],
  [COMMAND.trim, fua],
  [COMMAND.writeZeroes, fua | noHole | fastZero],
  [COMMAND.blockStatus, fua | oneExtent],
]);

const CHANGES: ReadonlySet<number> = new Set([COMMAND.write, COMMAND.trim, COMMAND.writeZeroes]);

/**
 * The range of a request.
 *
 * @throws NbdError if the request is not allowed, or its range is not within the disk.
 */
export function allowedRange(request: Request, disk: ServedDisk): DiskRange {
  const { type, flags, position, length } = request;
  const allowed = ALLOWED.get(type);
  if (allowed === undefined) throw new NbdError(ERROR.EINVAL, 'unknown command');
  if ((flags & ~allowed) !== 0) throw new NbdError(ERROR.EINVAL, 'unknown flags of the command');
  const isChange = CHANGES.has(type);
  if (isChange && disk.writes === undefined)
    throw new NbdError(ERROR.EPERM, 'the export is read-only');
  if (type === COMMAND.flush) return { start: 0, end: 0 };
  if (position + length > disk.size)
    throw new NbdError(isChange ? ERROR.ENOSPC : ERROR.EINVAL, 'beyond the end of the disk');
  if (type === COMMAND.read && length > MOST_BYTES)
    throw (flags & dontFragment) !== 0
      ? new NbdError(ERROR.EOVERFLOW, 'too long for one chunk')
      : new NbdError(ERROR.EINVAL, `more than ${String(MOST_BYTES)} bytes`);
  if (type === COMMAND.write && length > MOST_BYTES)
    throw new NbdError(ERROR.EINVAL, `more than ${String(MOST_BYTES)} bytes`);
  if (type === COMMAND.blockStatus && length === 0)
    throw new NbdError(ERROR.EINVAL, 'the range is empty');
  return { start: position, end: position + length };
}
