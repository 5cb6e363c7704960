import type { BigIntStats } from 'node:fs';
import type { Writable } from 'node:stream';

import { runAsync } from '@ploop/descriptor/internal';
import { isGone, realPath, status } from '@ploop/descriptor/node/internal';
import type { ChainContent } from '@ploop/image';
import type { Salvage } from '@ploop/image/internal';

import type { Snapshot } from '../snapshot/open-snapshot.ts';
import { refuseStream } from './check-stream.ts';
import { refuseTerminal, requireName } from './check-target.ts';
import { deviceSink } from './device-sink.ts';
import type { ExportOptions } from './export-options.ts';
import { originOf } from './export-state.ts';
import { fileSink } from './file-sink.ts';
import type { ExportFormat } from './formats/export-format.ts';
import { losesNothing } from './loses-nothing.ts';
import { refuseOwnFiles, refuseOwnNames } from './own-files.ts';
import { pipeSink } from './pipe-sink.ts';
import type { Sink } from './sink.ts';
import { characterSink, streamSink } from './stream-sink.ts';

/** What is written, and what it is made of. */
export interface Exported {
  readonly snapshot: Snapshot;
  /** What is written, byte by byte: the disk, or the image file that holds it. */
  readonly content: ChainContent;
  readonly format: ExportFormat;
  /** Whether its data are compressed: what is written has no order then. */
  readonly compress: boolean;
  readonly salvage: Salvage | undefined;
}

const NOT_A_FILE =
  'a compressed image goes to a file only: write it to a file first, or leave out --compress (API: compress)';

/** Opens where an export goes. */
export async function openSink(
  { snapshot, content, format, compress, salvage }: Exported,
  target: string | Writable,
  options: ExportOptions,
  signal: AbortSignal,
): Promise<Sink> {
  const isScattered = compress && format.compressor?.inOrder === false;
  const { sparse = true, overwrite = false, sync = true } = options;
  if (typeof target !== 'string') {
    if (isScattered) throw new Error(NOT_A_FILE);
    await refuseStream(snapshot, target, signal);
    return streamSink(target, signal);
  }
  const found = await lookAt(target);
  if (found !== undefined) await refuseOwnFiles(snapshot, found.stats);
  if (found?.stats.isBlockDevice() === true) {
    if (format.writer !== undefined) throw new Error('a block device takes a raw disk only');
    return deviceSink(found.real, content.size);
  }
  if (isScattered && found?.stats.isFile() === false) throw new Error(NOT_A_FILE);
  if (found?.stats.isFIFO() === true) return pipeSink(found.real, signal);
  if (found?.stats.isCharacterDevice() === true) await refuseTerminal(found.real);
  if (found !== undefined && !found.stats.isFile()) return characterSink(found.real);
  const file = found?.real ?? target;
  for (const name of [target, file]) requireName(name, options.format);
  await refuseOwnNames(snapshot, file);
  const name = compress ? `${format.name} compressed` : format.name;
  const kind = format.writer === undefined ? {} : { format: name };
  const origin = originOf(snapshot, { sparse, size: content.size, ...kind });
  return fileSink(file, origin, {
    ...{ overwrite, sync, salvage, signal },
    chain: content,
    // Which bytes of the disk come before one of an image file is not known: all count.
    losesNothing: (end) =>
      losesNothing(snapshot, format.writer === undefined ? end : snapshot.size, signal),
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
