import { bytes as toByteCount } from '@ploop/descriptor';
import type { ChainContent } from '@ploop/image';

import { copySnapshot, type CopySnapshotOptions } from './copy-snapshot.ts';
import type { Copied } from './copy.ts';
import type { CompressedFile, Compressor, ExportFormat } from './formats/export-format.ts';
import { createDigests } from './digests.ts';
import { layOut, type Over } from './formats/lay-out.ts';
import type { Sink, Written } from './sink.ts';
import { verifyExport } from './verify-export.ts';

/** The image file that a disk is exported as. */
export interface ImageFile {
  readonly disk: ChainContent;
  /** What is written, as far as that is known before: nothing of a compressed one. */
  readonly content: ChainContent;
  readonly copy: (sink: Sink, options: CopySnapshotOptions) => Promise<CopiedImage>;
  /** Compares what was copied with what it has to be. */
  readonly verify: (written: Written, file: string, signal: AbortSignal) => Promise<void>;
  /** Whether a later export can go on with a part of it. */
  readonly canGoOn: boolean;
}

/** How far a copy came. */
export interface CopiedImage extends Copied {
  /** Bytes of the file. */
  readonly fileBytes: number;
}

/** How to make an image file. */
interface ImageFileOptions {
  /** 16 bytes that identify the image. */
  readonly id: Uint8Array;
  readonly compress: boolean;
  readonly over?: Over;
  readonly signal: AbortSignal;
}

/**
 * The image file that holds a disk; `undefined` if the disk is written as it is.
 *
 * @param open - The disk.
 * @throws Error if the format is not compressed, and what reading block tables throws.
 */
export async function imageFileOf(
  { name, writer, compressor }: ExportFormat,
  { compress, id, over, signal }: ImageFileOptions,
  open: () => Promise<ChainContent>,
): Promise<ImageFile | undefined> {
  if (compress) {
    if (compressor === undefined) throw new Error(`the format ${name} is not compressed`);
    return compressedFile(await open(), compressor, id);
  }
  if (writer === undefined) return undefined;
  const disk = await open();
  const content = await layOut(disk, writer, { id, ...(over && { over }), signal });
  return {
    ...{ disk, content, canGoOn: true },
    copy: async (sink, options) => ({
      ...(await copySnapshot(content, sink, undefined, options)),
      fileBytes: content.size,
    }),
    verify: (written, file, signal) => verifyExport(content, written, file, signal),
  };
}

function compressedFile(disk: ChainContent, compressor: Compressor, id: Uint8Array): ImageFile {
  let made: CompressedFile = { fileBytes: 0, data: 0 };
  const digests = createDigests();
  return {
    ...{ disk, canGoOn: false },
    content: { ...disk, size: toByteCount(0) },
    copy: async ({ data: put }, { progress, signal }) => {
      const { size } = disk;
      let done = 0;
      const write = async (bytes: Uint8Array, position: number): Promise<void> => {
        if (compressor.open === undefined) digests.add(bytes);
        await put(bytes, position);
      };
      try {
        made = await compressor.compress(disk, id, {
          ...{ write, signal },
          reached: (position) => {
            done = position;
            progress({ position, size, data: position });
          },
        });
        progress({ position: size, size, data: made.data });
        return { ...made, done: size };
      } catch (error) {
        return { done, data: 0, fileBytes: 0, failure: { error } };
      }
    },
    verify: async ({ readAt }, file, signal) => {
      const source = { file, bytes: toByteCount(made.fileBytes), readAt };
      const opened = await compressor.open?.(source);
      if (opened === undefined) await digests.verify(source, signal);
      else await verifyExport(disk, { readAt: opened.readInto, endsThere: false }, file, signal);
    },
  };
}
