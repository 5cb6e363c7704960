import { availableParallelism } from 'node:os';

import type { ByteConsumer, ChainContent } from '@ploop/image';

import { copySteps, type Copied, type CopyOptions } from './copy.ts';
import { laneSteps } from './lane-steps.ts';
import { closeLanes, startLanes, type Lane } from './lanes.ts';
import { pieceSteps } from './piece-steps.ts';
import type { Sink } from './sink.ts';

/** How to copy, and what that is accompanied by. */
export interface CopySnapshotOptions extends Pick<CopyOptions, 'progress' | 'signal'> {
  /** Whether threads may do it. */
  readonly threads: boolean;
  /** Most pieces under way where no thread does it. Default: 8. */
  readonly pieces?: number;
}

/** More of them wait for each other at the file system, which takes one write to a file at a time. */
const LANES = 2;
/** A lane that is done finds the next task there. */
const TASKS_PER_LANE = 2;
const PIECES = 8;

/** Copies a chain to a sink and what is copied through a hash. A failure is part of the result. */
export async function copySnapshot(
  chain: ChainContent,
  sink: Sink,
  hash: ByteConsumer | undefined,
  { threads, pieces = PIECES, progress, signal }: CopySnapshotOptions,
): Promise<Copied> {
  const lanes = threads && hash === undefined ? await lanesFor(chain, sink) : [];
  const [steps, most] =
    lanes.length > 0
      ? [laneSteps(chain, sink, lanes, signal), TASKS_PER_LANE * lanes.length]
      : [pieceSteps(chain, sink, hash, signal), pieces];
  try {
    const { start, reached } = sink;
    const complete = sink.zeros !== undefined;
    const { size } = chain;
    return await copySteps(steps, { start, size, most, complete, reached, progress, signal });
  } finally {
    await closeLanes(lanes);
  }
}

async function lanesFor(chain: ChainContent, { direct }: Sink): Promise<readonly Lane[]> {
  const areFiles = chain.layers.every(
    ({ image, inMemory = false, source: { fd, keepOpen } }) =>
      inMemory || (image.inFile && fd !== undefined && keepOpen !== undefined),
  );
  if (direct === undefined || !areFiles) return [];
  return startLanes(direct.inOrder ? 1 : Math.min(LANES, availableParallelism()), direct);
}
