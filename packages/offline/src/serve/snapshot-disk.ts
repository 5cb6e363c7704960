import type { Diagnostic } from '@ploop/descriptor';
import { guardedChain } from '@ploop/image/internal';

import { damagedSizes, lostTables } from '../export/lost-tables.ts';
import { truncatedContent } from '../export/truncated-content.ts';
import { refuseEncrypted, type Snapshot } from '../snapshot/open-snapshot.ts';
import { placeOfPartition } from './place-of-partition.ts';
import type { DiskRange, ServedDisk } from './protocol/served-disk.ts';
import { appendRun, MOST_RUNS, type MutableRun } from './protocol/status-runs.ts';

/** A snapshot as clients see it, and what to know of it. */
export interface SnapshotDisk {
  readonly disk: ServedDisk;
  /** Findings about the snapshot and its images. */
  readonly diagnostics: readonly Diagnostic[];
}

/** How often the images are looked at, in milliseconds: whether somebody has written to them. */
const LOOK_EACH = 1000;
/** Batches of segments that are gone through for one answer. A client asks again for what is after them. */
const MOST_BATCHES = 64;

/**
 * A snapshot, or a partition of it, as it is served. Clusters that share their place in a file are refused, and so is
 * everything once an image has changed.
 *
 * @throws DescriptorError `CONTENT_ENCRYPTED`, `PARTITION_UNKNOWN`, and what reading the tables of the images throws.
 */
export async function snapshotDisk(
  snapshot: Snapshot,
  partition: number | undefined,
  signal: AbortSignal,
): Promise<SnapshotDisk> {
  if (!snapshot.ciphertext) refuseEncrypted(snapshot.diagnostics);
  const chain = await guardedChain(snapshot, signal);
  const { start: origin, length: size } = await placeOfPartition(snapshot, partition);
  const look = lookNowAndThen(snapshot.checkUnchanged);

  /** Whether reading has to look at the segments first, as some clusters are in doubt. */
  const isDoubtful = chain !== snapshot;
  async function readInto(target: Uint8Array, position: number): Promise<void> {
    const start = origin + position;
    if (isDoubtful) await goThrough(chain.segments({ start, end: start + target.length }));
    const read = await snapshot.readInto(target, start);
    if (read < target.length) throw new RangeError('the disk ends before the range');
    await look();
  }

  async function status({ start, end }: DiskRange): Promise<readonly MutableRun[]> {
    const runs: MutableRun[] = [];
    let batches = 0;
    try {
      for await (const batch of chain.segments({ start: origin + start, end: origin + end })) {
        for (const { length, layer } of batch) appendRun(runs, { length, isZero: layer === -1 });
        batches += 1;
        if (runs.length >= MOST_RUNS || batches >= MOST_BATCHES) break;
      }
    } catch (error) {
      // The runs before the damage are returned; the next call, which begins at the damage, fails.
      if (runs.length === 0) throw error;
    }
    await look();
    return runs.slice(0, MOST_RUNS);
  }

  const { guid, inside } = snapshot;
  const at = partition === undefined ? '' : `partition ${String(partition)} of `;
  return {
    disk: {
      name: inside ?? guid,
      description: `${at}snapshot ${inside ?? guid}`,
      ...{ size, readInto, status },
    },
    diagnostics: [
      ...snapshot.diagnostics,
      ...(await lostTables(snapshot, signal)),
      ...(await damagedSizes(snapshot, signal)),
      ...(await truncatedContent(snapshot, snapshot.size)),
    ],
  };
}

/** Throws what is wrong with any of the segments. */
async function goThrough(segments: ReturnType<Snapshot['segments']>): Promise<void> {
  for (let step = await segments.next(); step.done !== true;) step = await segments.next();
}

/** Looks now and then whether the images are as they were. Once they are not, every look fails. */
function lookNowAndThen(checkUnchanged: () => Promise<void>): () => Promise<void> {
  let next = performance.now() + LOOK_EACH;
  let failure: { readonly error: unknown } | undefined;
  return async () => {
    if (failure === undefined && performance.now() >= next) {
      next = performance.now() + LOOK_EACH;
      await checkUnchanged().catch((error: unknown) => {
        failure = { error };
      });
    }
    if (failure !== undefined) throw failure.error;
  };
}
