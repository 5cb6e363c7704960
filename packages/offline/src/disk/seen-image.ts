import type { BigIntStats } from 'node:fs';

import { diagnostic, DescriptorError, bytes as toByteCount } from '@ploop/descriptor';
import {
  type ImageSource,
  type ReadAtSync,
  perform,
  runAsync,
  runSync,
  type Steps,
} from '@ploop/descriptor/internal';
import { type Confinement, sameIdentity, type FileIdentity } from '@ploop/descriptor/node';
import {
  openNamed,
  type NamedFile,
  isGone,
  closeFile,
  status,
  identityOf,
  readable,
} from '@ploop/descriptor/node/internal';

import { blockingReaderOf, readerOf } from './open-image.ts';

/** An image that was looked at and is opened only to be read. Each time that it is opened, it must be the same file. */
export interface SeenImage {
  readonly file: string;
  /** Identity of the file when {@link seenImage} returned. */
  readonly identity: FileIdentity;
  /** Opens it and returns the number of the open file. */
  readonly open: () => Steps<number>;
  /** What the file system says of it now. */
  readonly status: () => Steps<BigIntStats>;
}

/** How an image is looked at. */
export interface SeenImageOptions {
  readonly confinement: Confinement;
  /** Whether a device may write to it: it may grow, and its times change. Otherwise it must stay as it is. */
  readonly live: boolean;
}

/**
 * Looks at the file that a descriptor names for an image, as steps.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`. Opening throws `DELTA_OUTSIDE` and `FILE_UNREADABLE`, and
 * `IMAGE_CHANGED` if another file is there, or none, or if somebody wrote to it.
 */
export function* seenImage(
  named: NamedFile,
  { confinement, live }: SeenImageOptions,
): Steps<SeenImage> {
  const { file } = named;
  const first = yield* readable(file, regularAt(file));
  const identity = identityOf(first);
  const isSame = (now: FileIdentity): boolean =>
    live
      ? now.dev === identity.dev && now.ino === identity.ino && now.size >= identity.size
      : sameIdentity(identity, now);
  return {
    file,
    identity,
    open: function* () {
      const opened = yield* notGone(file, openNamed(named, confinement));
      if (isSame(identityOf(opened.stats))) return opened.fd;
      yield* closeFile(opened.fd);
      throw imageChanged(file);
    },
    status: () => notGone(file, readable(file, status(file))),
  };
}

/** Opens, reads and closes an image each time: for a few reads, in either world. */
export function reopeningSource({
  file,
  identity,
  open,
}: SeenImage): ImageSource & { readonly readAtSync: ReadAtSync } {
  function* reading(target: Uint8Array, position: number): Steps<number> {
    const fd = yield* open();
    try {
      return yield* perform({
        sync: () => blockingReaderOf(fd)(target, position),
        async: () => readerOf(fd)(target, position),
      });
    } finally {
      yield* closeFile(fd);
    }
  }
  return {
    file,
    bytes: toByteCount(Number(identity.size)),
    readAt: (target, position) => runAsync(reading(target, position)),
    readAtSync: (target, position) => runSync(reading(target, position)),
  };
}

/** The error of an image that is not the file any more that it was, or not in the same state. */
export function imageChanged(file: string, cause?: unknown): DescriptorError {
  return new DescriptorError([diagnostic('IMAGE_CHANGED', { file })], { cause });
}

function* regularAt(path: string): Steps<BigIntStats> {
  const stats = yield* status(path);
  if (!stats.isFile()) throw new Error('not a regular file');
  return stats;
}

function* notGone<Result>(file: string, steps: Steps<Result>): Steps<Result> {
  try {
    return yield* steps;
  } catch (error) {
    if (error instanceof DescriptorError && isGone(error.cause)) throw imageChanged(file, error);
    throw error;
  }
}
