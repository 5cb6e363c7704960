import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';

import { DescriptorError } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import { hashChain, type ChainContent } from '@ploop/image';
import { guardedChain, salvageChain } from '@ploop/image/internal';

import { OFFLINE } from '../arguments.ts';
import { CUT } from '../disk/cut-base.ts';
import { refuseEncrypted, type Snapshot } from '../snapshot/open-snapshot.ts';
import { copySnapshot } from './copy-snapshot.ts';
import type { Copied } from './copy.ts';
import { isCompressed } from './compressed.ts';
import type { ExportOptions, ExportResult } from './export-options.ts';
import { imageId } from './export-state.ts';
import { exportFormat } from './formats/index.ts';
import type { Over } from './formats/lay-out.ts';
import { imageFileOf, type CopiedImage, type ImageFile } from './image-file.ts';
import { removeLost } from './lost-file.ts';
import { damagedSizes, lostTables } from './lost-tables.ts';
import { openSink } from './open-sink.ts';
import { withRemains } from './remains.ts';
import { reportLost } from './report-lost.ts';
import { unwritable } from './sink.ts';
import { stoppable } from './stoppable.ts';
import { truncatedContent } from './truncated-content.ts';
import { verifyExport } from './verify-export.ts';

/**
 * Writes the content of a snapshot to a file, a block device or a stream, as a raw disk or as an image file.
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
  return exportOver(snapshot, target, undefined, options);
}

/** {@link exportSnapshot}, of a snapshot of which an image file stores only what is not in the one that it is `over`. */
export async function exportOver(
  snapshot: Snapshot,
  target: string | Writable,
  over: Over | undefined,
  options: ExportOptions,
): Promise<ExportResult> {
  const { signal, progress } = stoppable(options);
  signal.throwIfAborted();
  if (!(options.ciphertext ?? snapshot.ciphertext)) refuseEncrypted(snapshot.diagnostics);
  const file = typeof target === 'string' ? target : 'the stream';
  const { threads = true, sync = true } = options;
  const compress = isCompressed(options);
  const format = exportFormat(options.format ?? 'raw');
  const salvage = options.salvage === true ? await salvageChain(snapshot, signal) : undefined;
  const size = salvage?.chain.size ?? snapshot.size;
  const disk = (): Promise<ChainContent> =>
    salvage === undefined ? guardedChain(snapshot, signal) : Promise.resolve(salvage.chain);
  const id = imageId(snapshot);
  const how = { compress, id, ...(over && { over }), signal };
  const image = await imageFileOf(format, how, disk).catch((cause: unknown) => {
    throw isStop(signal, cause) ? cause : withRemains(unwritable(file, cause), undefined, 0, size);
  });
  const whole = { ...snapshot, size };
  const exported = {
    ...{ snapshot: whole, format, salvage },
    content: image?.content ?? salvage?.chain ?? snapshot,
    ...{ compress },
  };
  const sink = await openSink(exported, target, options, signal).catch((cause: unknown) => {
    throw isStop(signal, cause) ? cause : unwritable(file, cause);
  });
  let done = sink.start;
  try {
    const chain = image?.disk ?? (await disk());
    if (options.verify === true && sink.written === undefined)
      throw new Error('what is written to it cannot be read back: leave out the verification');
    const hash = options.hash === true ? createHash('sha256') : undefined;
    if (hash !== undefined)
      await hashChain(chain, hash, { ...(image === undefined && { end: sink.start }), signal });
    const copying = { threads, progress, signal };
    const copied: Copied & Partial<CopiedImage> = await (image?.copy(sink, copying) ??
      copySnapshot(chain, sink, hash, copying));
    done = copied.done;
    if (copied.failure !== undefined) throw copied.failure.error;
    signal.throwIfAborted();
    await snapshot.checkUnchanged();
    const { written } = sink;
    const isVerified = options.verify === true && written !== undefined;
    if (isVerified) {
      const verify: ImageFile['verify'] =
        image?.verify ?? ((...how) => verifyExport(chain, ...how));
      await verified(snapshot, () => verify(written, file, signal), signal);
    }
    const place = { target: file, sync, signal };
    const report = salvage && (await reportLost(salvage, whole, sink, place));
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
      ...(copied.fileBytes !== undefined && { fileBytes: copied.fileBytes }),
      ...(hash && { sha256: hash.digest('hex') }),
      ...(isVerified && { verified: true }),
      ...report,
      ...(diagnostics.length > 0 && { diagnostics }),
    };
  } catch (cause) {
    const isSpoilt = cause instanceof DescriptorError && SPOILT.has(cause.code);
    const isUsable = !isSpoilt && image?.canGoOn !== false;
    // What went wrong before is worth more than that this went wrong as well.
    const remains = await sink.abandon(done, isUsable).catch(() => undefined);
    if (isStop(signal, cause)) throw cause;
    throw withRemains(unwritable(file, cause), remains, done, exported.content.size);
  }
}

async function verified(
  { checkUnchanged }: Snapshot,
  verify: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await verify();
  } catch (error) {
    // A target is not to blame for an image that somebody wrote to since it was copied.
    if (!isStop(signal, error)) await checkUnchanged();
    throw error;
  }
}

/** Whether it is the signal that ended something, and not what went wrong before. */
function isStop(signal: AbortSignal, cause: unknown): boolean {
  return signal.aborted && cause === signal.reason;
}

/** What was written is of no use after these. */
const SPOILT: ReadonlySet<string> = new Set(['IMAGE_CHANGED', 'EXPORT_DIFFERS']);
