import { fill, type ImageSource, type Steps } from '@ploop/descriptor/internal';

import { readBytes, textOf, viewOf } from './bytes.ts';
import type { InternalSnapshot } from './qcow2-description.ts';
import type { Qcow2Header } from './qcow2-header.ts';

/** A snapshot in a snapshot table, with the place of its L1 table. */
interface SnapshotEntry extends InternalSnapshot {
  readonly l1Offset: bigint;
  readonly l1Entries: number;
}

/** A snapshot table. */
export interface SnapshotTable {
  readonly entries: readonly SnapshotEntry[];
  /** Bytes that it takes in the file. */
  readonly bytes: number;
  /** Why the rest of it could not be read. */
  readonly fault?: string;
}

const FIXED_BYTES = 40;
/** More than any software writes: the limit of QEMU. */
const MOST_EXTRA_BYTES = 1024;
/** What the table may take: 64 MiB. */
const MOST_BYTES = 2 ** 26;

/**
 * The snapshots inside an image.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`.
 */
export function* readSnapshotTable(source: ImageSource, header: Qcow2Header): Steps<SnapshotTable> {
  const start = Number(header.snapshotsOffset);
  const entries: SnapshotEntry[] = [];
  const fixed = new Uint8Array(FIXED_BYTES);
  let at = start;
  const failed = (fault: string): SnapshotTable => ({ entries, bytes: at - start, fault });
  for (let index = 0; index < header.snapshots; index += 1) {
    if (at + FIXED_BYTES > source.bytes) return failed('it is longer than the file');
    yield* fill(source, fixed, at);
    const view = viewOf(fixed);
    const [idBytes, nameBytes, extraBytes] = [
      view.getUint16(12),
      view.getUint16(14),
      view.getUint32(36),
    ];
    if (extraBytes > MOST_EXTRA_BYTES) return failed('an entry has too much extra data');
    const end = at + FIXED_BYTES + extraBytes + idBytes + nameBytes;
    if (end > source.bytes) return failed('it is longer than the file');
    if (end - start > MOST_BYTES) return failed('it is too long');
    const rest = yield* readBytes(source, at + FIXED_BYTES, end - at - FIXED_BYTES);
    const extra = viewOf(rest);
    const id = rest.subarray(extraBytes, extraBytes + idBytes);
    entries.push({
      id: textOf(id),
      name: textOf(rest.subarray(extraBytes + idBytes)),
      takenAt: view.getUint32(16) * 1000 + Math.floor(view.getUint32(20) / 1e6),
      size: extraBytes >= 16 ? extra.getBigUint64(8) : header.size,
      stateBytes: extraBytes >= 8 ? extra.getBigUint64(0) : BigInt(view.getUint32(32)),
      l1Offset: view.getBigUint64(0),
      l1Entries: view.getUint32(8),
    });
    at = start + Math.ceil((end - start) / 8) * 8;
  }
  return { entries, bytes: at - start };
}
