import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import type { Writable } from 'node:stream';

import { type Diagnostic, DescriptorError } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import { runAsync } from '@ploop/descriptor/internal';
import { isGone, realPath, status } from '@ploop/descriptor/node/internal';
import { hashChain, type LostRange, type ChainContent } from '@ploop/image';
import { guardedChain, salvageChain, type Salvage } from '@ploop/image/internal';

import { OFFLINE } from '../arguments.ts';
import { CUT } from '../disk/cut-base.ts';
import { refuseEncrypted, type Snapshot } from '../snapshot/open-snapshot.ts';
import { refuseStream } from './check-stream.ts';
import { refuseTerminal, requireRawName } from './check-target.ts';
import { copySnapshot } from './copy-snapshot.ts';
import type { ExportProgress } from './copy.ts';
import { deviceSink } from './device-sink.ts';
import { originOf } from './export-state.ts';
import { fileSink } from './file-sink.ts';
import { losesNothing } from './loses-nothing.ts';
import { removeLost } from './lost-file.ts';
import { damagedSizes, lostTables } from './lost-tables.ts';
import { refuseOwnFiles, refuseOwnNames } from './own-files.ts';
import { pipeSink } from './pipe-sink.ts';
import { withRemains } from './remains.ts';
import { reportLost } from './report-lost.ts';
import { unwritable, type Sink, type Written } from './sink.ts';
import { characterSink, streamSink } from './stream-sink.ts';
import { truncatedContent } from './truncated-content.ts';
import { verifyExport } from './verify-export.ts';

/** How to export. */
export interface ExportOptions {
  /**
   * What to write: the bytes of the disk as they are. Default: `raw`, but a file whose name ends as one of another format
   * or of a compressed file, such as `.qcow2` or `.gz`, is written only if this is given.
   */
  readonly format?: 'raw';
  /** Leave holes in a file where no image holds data. Default: true. Devices and streams get zeros in any case. */
  readonly sparse?: boolean;
  /** Compute the SHA-256 of the disk on the way. Default: false; it takes longer, for zeros as well. */
  readonly hash?: boolean;
  /**
   * Read what was written back and compare it with the disk: data, and holes too, unless the file system stores nothing
   * but the data. A device is read as a whole. Default: false. Not for streams, pipes and character devices.
   */
  readonly verify?: boolean;
  /** Export encrypted content as what is stored: ciphertext. Default: what the snapshot was opened with. */
  readonly ciphertext?: boolean;
  /** Replace a file that is there. Default: false. */
  readonly overwrite?: boolean;
  /** Wait until a file is on the disk before it gets its name. Default: true. */
  readonly sync?: boolean;
  /**
   * Copy in threads besides the event loop, where no hash is computed and the target is neither a stream nor a pipe: it is
   * faster, and leaves the event loop and its few threads for files to others. Default: true; without, where none can be started.
   */
  readonly threads?: boolean;
  /**
   * Read on where the images are damaged: what is lost becomes zeros and is listed in the result, and for a file in
   * `TARGET.lost.json`. A disk that was cut off gets the size that its descriptor states. Default: false. No thread copies
   * then.
   */
  readonly salvage?: boolean;
  /** Called for each piece that is written. What it throws stops the export, as `signal` does. */
  readonly progress?: (progress: ExportProgress) => void;
  readonly signal?: AbortSignal;
}

/** What was exported. */
export interface ExportResult {
  /** Bytes of the disk; with `salvage`, of a disk that was cut off as the descriptor states it. */
  readonly size: number;
  /** Bytes of data written now, zeros that no image holds not counted. */
  readonly data: number;
  /** Byte of the disk at which an unfinished export was taken up again; 0 if missing. */
  readonly resumedAt: number;
  /** SHA-256 of the disk in hex, if `hash` asked for it. */
  readonly sha256?: string;
  /** Present if `verify` asked for it: what was written reads as the disk does. */
  readonly verified?: true;
  /** Present with `salvage`: what is lost and became zeros, in order; at most 10,000 ranges. */
  readonly lost?: readonly LostRange[];
  /** Present with `salvage`: bytes that are lost. */
  readonly lostBytes?: number;
  /** Where the ranges are listed; absent if nothing is lost and for targets other than files. */
  readonly lostFile?: string;
  /**
   * `IMAGE_TRUNCATED`, `BASE_TRUNCATED`, `BASE_SHORTER` or `STORAGE_IMAGE_SIZE`, as in `diagnostics` of the snapshot, if a
   * file is shorter than it should be, so that its end is missing or zeros, unless `lost` lists that; `EXPORT_RESTARTED` if an unfinished file was not
   * taken up, as it differs from the disk; `FILE_SYSTEM_TRUNCATED` if a file system ends behind the end of the disk;
   * `BAT_LOST` if an image has data and a table of zeros, so that they are not in the export; with `salvage`, `EXPORT_LOST`
   * if anything is lost. Absent if it is empty; always present with `salvage`.
   */
  readonly diagnostics?: readonly Diagnostic[];
}

/**
 * Writes the content of a snapshot to a file, a block device or a stream.
 *
 * A file is written as `TARGET.part` and renamed when it is complete: a `TARGET` is always whole. An export that was
 * interrupted (also by `signal`, which rejects with its reason) leaves `TARGET.part` and `TARGET.part.json`, and the
 * next one of the same images to the same target goes on from there; of other images, it starts anew. What is there is
 * compared with the disk if it was written to since the last record, as it is if the process was killed. After a power cut
 * at most the last 512 MiB are done again; with `sync: false` all of it. A device or a stream is left half written. A
 * pipe is waited for until somebody reads it.
 *
 * @param target - A path, or a stream, which is not ended. A stream that nobody reads is waited for until `signal` ends
 * the export; a corked one is refused.
 * @throws DescriptorError with code `CONTENT_ENCRYPTED` unless `ciphertext` asks for encrypted content;
 * `OPTION_INVALID` for an empty path, an unknown format, or a name of another format;
 * `EXPORT_TO_TERMINAL` for a terminal; `EXPORT_PIPE_CLOSED` if what reads a pipe stops before the end;
 * `EXPORT_PART_FOREIGN` if there is a file with the name of the unfinished file or its record that is neither; `FILE_NOT_SYNCED` if the file is in its place, but a power cut may undo that;
 * `FILE_UNWRITABLE`, with `EXPORT_UNFINISHED` beside it where the next export goes on; the code of the damage where an
 * image is damaged, `CLUSTER_SHARED` too, with `EXPORT_BLOCKED` beside it;
 * `IMAGE_CHANGED` where somebody wrote to an image meanwhile (what was written is removed then), `EXPORT_DIFFERS` where
 * verification fails; and what reading throws.
 */
export async function exportSnapshot(
  snapshot: Snapshot,
  target: string | Writable,
  options: ExportOptions = {},
): Promise<ExportResult> {
  requireCall(OFFLINE.exportSnapshot, [snapshot, target, options]);
  const { signal, progress } = stoppable(options);
  signal.throwIfAborted();
  if (!(options.ciphertext ?? snapshot.ciphertext)) refuseEncrypted(snapshot.diagnostics);
  const file = typeof target === 'string' ? target : 'the stream';
  const salvage = options.salvage === true ? await salvageChain(snapshot, signal) : undefined;
  const size = salvage?.chain.size ?? snapshot.size;
  const sink = await sinkOf({ ...snapshot, size }, target, options, salvage, signal).catch(
    (cause: unknown) => {
      throw isStop(signal, cause) ? cause : unwritable(file, cause);
    },
  );
  let done = sink.start;
  try {
    const chain = salvage?.chain ?? (await guardedChain(snapshot, signal));
    if (options.verify === true && sink.written === undefined)
      throw new Error('what is written to it cannot be read back: leave out the verification');
    const hash = options.hash === true ? createHash('sha256') : undefined;
    if (hash !== undefined) await hashChain(chain, hash, { end: sink.start, signal });
    const { threads = true, sync = true } = options;
    const copied = await copySnapshot(chain, sink, hash, { threads, progress, signal });
    done = copied.done;
    if (copied.failure !== undefined) throw copied.failure.error;
    signal.throwIfAborted();
    await snapshot.checkUnchanged();
    const isVerified = options.verify === true && sink.written !== undefined;
    if (isVerified) await verified(snapshot, chain, sink.written, file, signal);
    const place = { target: file, sync, signal };
    const report = salvage && (await reportLost(salvage, { ...snapshot, size }, sink, place));
    const diagnostics = [
      ...((report?.lost ?? []).length > 0
        ? []
        : snapshot.diagnostics.filter(({ code }) => CUT.has(code))),
      ...(sink.diagnostics ?? []),
      ...(await lostTables(snapshot, signal)),
      ...(await damagedSizes(snapshot, signal)),
      ...(await truncatedContent(snapshot, size)),
      ...(report?.diagnostics ?? []),
    ];
    await sink.finish();
    if (sink.lostFile !== undefined && report?.lostFile === undefined)
      await removeLost(sink.lostFile).catch(() => undefined);
    return {
      size,
      data: copied.data,
      resumedAt: sink.start,
      ...(hash && { sha256: hash.digest('hex') }),
      ...(isVerified && { verified: true }),
      ...report,
      ...(diagnostics.length > 0 && { diagnostics }),
    };
  } catch (cause) {
    const isUsable = !(cause instanceof DescriptorError) || !SPOILT.has(cause.code);
    // What went wrong before is worth more than that this went wrong as well.
    const remains = await sink.abandon(done, isUsable).catch(() => undefined);
    if (isStop(signal, cause)) throw cause;
    throw withRemains(unwritable(file, cause), remains, done, size);
  }
}

async function verified(
  snapshot: Snapshot,
  chain: ChainContent,
  written: Written,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await verifyExport(chain, written, file, signal);
  } catch (error) {
    // A target is not to blame for an image that somebody wrote to since it was copied.
    if (!isStop(signal, error)) await snapshot.checkUnchanged();
    throw error;
  }
}

/** What stops an export: the signal of its caller, and a callback of its caller that throws. */
function stoppable({
  signal,
  progress,
}: ExportOptions): Required<Pick<ExportOptions, 'signal' | 'progress'>> {
  const stop = new AbortController();
  return {
    signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
    progress: (reached) => {
      if (stop.signal.aborted) return;
      try {
        progress?.(reached);
      } catch (error) {
        stop.abort(error);
      }
    },
  };
}

/** Whether it is the signal that ended something, and not what went wrong before. */
function isStop(signal: AbortSignal, cause: unknown): boolean {
  return signal.aborted && cause === signal.reason;
}

/** What was written is of no use after these. */
const SPOILT: ReadonlySet<string> = new Set(['IMAGE_CHANGED', 'EXPORT_DIFFERS']);

async function sinkOf(
  snapshot: Snapshot,
  target: string | Writable,
  { format, sparse = true, overwrite = false, sync = true }: ExportOptions,
  salvage: Salvage | undefined,
  signal: AbortSignal,
): Promise<Sink> {
  if (typeof target !== 'string') {
    await refuseStream(snapshot, target, signal);
    return streamSink(target, signal);
  }
  const found = await lookAt(target);
  if (found !== undefined) await refuseOwnFiles(snapshot, found.stats);
  if (found?.stats.isBlockDevice() === true) return deviceSink(found.real, snapshot.size);
  if (found?.stats.isFIFO() === true) return pipeSink(found.real, signal);
  if (found?.stats.isCharacterDevice() === true) await refuseTerminal(found.real);
  if (found !== undefined && !found.stats.isFile()) return characterSink(found.real);
  const file = found?.real ?? target;
  for (const name of [target, file]) requireRawName(name, format);
  await refuseOwnNames(snapshot, file);
  return fileSink(file, originOf(snapshot, sparse), {
    ...{ overwrite, sync, salvage, signal },
    chain: salvage?.chain ?? snapshot,
    losesNothing: (end) => losesNothing(snapshot, end, signal),
  });
}

async function lookAt(
  target: string,
): Promise<{ readonly real: string; readonly stats: BigIntStats } | undefined> {
  try {
    const stats = await runAsync(status(target));
    // What /proc shows as the end of a link to a pipe, such as /dev/stdout, is not a path.
    return { real: stats.isFile() ? await runAsync(realPath(target)) : target, stats };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
