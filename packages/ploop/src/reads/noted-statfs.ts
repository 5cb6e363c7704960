import { dirname } from 'node:path';

import { resolveFile } from '@ploop/descriptor';
import { refuseTooManyOpen, type Steps } from '@ploop/descriptor/internal';
import type { Confinement } from '@ploop/descriptor/node';
import {
  failureOf,
  type FileStart,
  openWithin,
  readable,
  startOfOpen,
} from '@ploop/descriptor/node/internal';

import { pause } from '../io/pause.ts';
import type { Evidence } from '../state/evidence.ts';
import { currentState, type Source } from '../state/source.ts';
import type { DiskState } from '../state/state.ts';
import type { Statfs, NotedStatfs } from '../values/noted.ts';
import { lookAtTop } from './staleness.ts';

const NAME = '.statfs';
/** Five 64-bit numbers. Every architecture that ploop runs on has the low byte first. */
const BYTES = 40;

/** The tool writes it in place: what is short now is whole in a moment. */
const TRIES = 5;
const WAIT_MS = 10;

/**
 * What the tool wrote into `.statfs` when it last unmounted a disk. Remembered together with the descriptor, the top
 * delta and `.statfs` itself.
 */
export function* notedStatfsOf(source: Source): Steps<NotedStatfs | undefined> {
  const state = yield* currentState(source);
  const found = yield* statfsFileOf(state, source.confinement);
  if (found === undefined) return undefined;
  const { mtimeNs } = found.file.identity;
  const { written, looked } = yield* lookAtTop(state, source.confinement, mtimeNs);
  const noted = {
    statfs: found.statfs,
    writtenMs: Number(mtimeNs / 1_000_000n),
    stale: written,
  };
  const descriptor = { path: source.descriptorPath, identity: state.identity };
  source.memory.statfs.keep(noted, [descriptor, found.file, ...looked]);
  return noted;
}

interface StatfsFile {
  readonly statfs: Statfs;
  readonly file: Evidence;
}

/**
 * Beside the first image, where the tool writes it, else beside the descriptor, where it looks for it. `undefined` if
 * it does not exist or makes no sense.
 */
function* statfsFileOf(state: DiskState, confinement: Confinement): Steps<StatfsFile | undefined> {
  const [first] = state.descriptor.images;
  const beside = dirname(resolveFile(state.directory, first?.file ?? ''));
  const found = yield* statfsIn(beside, confinement);
  if (found !== undefined || beside === state.directory) return found;
  return yield* statfsIn(state.directory, confinement);
}

function* statfsIn(directory: string, confinement: Confinement): Steps<StatfsFile | undefined> {
  const path = `${directory}/${NAME}`;
  for (let tried = 1; tried <= TRIES; tried += 1) {
    const start = yield* readable(path, startOf(path, confinement));
    if (start === undefined) return undefined;
    const { bytes, stats } = start;
    if (bytes.length === BYTES) {
      const statfs = decode(bytes);
      return statfs && { statfs, file: { path, identity: stats } };
    }
    yield* pause(WAIT_MS);
  }
  return undefined;
}

/** `undefined` where the file is missing, or outside of where files of the disk may be. */
function* startOf(path: string, confinement: Confinement): Steps<FileStart | undefined> {
  try {
    const opened = yield* openWithin(path, confinement);
    return opened && (yield* startOfOpen(opened, BYTES));
  } catch (cause) {
    refuseTooManyOpen(path, cause);
    if (failureOf(cause) === 'ENOENT') return undefined;
    throw cause;
  }
}

function decode(bytes: Uint8Array): Statfs | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, BYTES);
  const [blockSize = 0, blocks = 0, blocksFree = 0, inodes = 0, inodesFree = 0] = [
    0, 8, 16, 24, 32,
  ].map((offset) => Number(view.getBigUint64(offset, true)));
  const isPossible =
    blockSize > 0 &&
    blocksFree <= blocks &&
    inodesFree <= inodes &&
    [blockSize * blocks, inodes].every(Number.isSafeInteger);
  return isPossible ? { blockSize, blocks, blocksFree, inodes, inodesFree } : undefined;
}
