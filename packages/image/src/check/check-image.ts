import { type Bytes, type Diagnostic } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import { runAsync, type ImageSource } from '@ploop/descriptor/internal';

import { IMAGE } from '../arguments.ts';
import { rawFindings } from '../chain/chain-layer.ts';
import { describedAt } from '../formats/describe.ts';
import type { ImageDescription } from '../formats/description.ts';
import { rawDescription } from '../formats/raw/raw-description.ts';
import type { ClusterUsage } from '../formats/usage.ts';

/** How to check an image. */
export interface CheckImageOptions {
  /** Whether to read the BAT as well, all of it. Default: yes. */
  readonly deep?: boolean;
  /** The image is the base of a raw disk: a bare disk, whatever it begins with. Default: false. */
  readonly rawBase?: boolean;
  /** What the file system stores of the file. Default: unknown. */
  readonly stored?: Bytes | undefined;
  /** Ends the check, which throws the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/** What an image is, and everything that is wrong with it. */
export interface ImageCheck {
  readonly file: string;
  readonly description: ImageDescription;
  /** Whether it was taken for a bare disk, whatever it begins with. */
  readonly rawBase: boolean;
  /** Of a ploop image whose BAT could be read and was. */
  readonly usage?: ClusterUsage;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Checks an image, and changes nothing: what `ploop check` and `qemu-img check` look at, and more. Entries of the BAT
 * that lead before the data, beyond the end of the file, between two clusters, or where another one leads; entries
 * beyond the end of the disk; clusters that nothing uses; fields of the header that contradict each other; the marks.
 *
 * Every entry is read; data only if the table is all zeros, and 64 MiB of them at most. Takes at most 64 MiB of memory,
 * and 64 KiB for most images: one bit for each cluster of the file.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`; the reason of `signal`.
 */
export async function checkImage(
  source: ImageSource,
  options: CheckImageOptions = {},
): Promise<ImageCheck> {
  requireCall(IMAGE.checkImage, [source, options]);
  const { deep = true, rawBase = false, stored, signal } = options;
  const { file } = source;
  signal?.throwIfAborted();
  if (rawBase)
    return {
      file,
      description: rawDescription(source.bytes),
      rawBase,
      diagnostics: await rawFindings(source),
    };
  const described = await runAsync(describedAt(source, 'all'));
  return { file, rawBase, ...(await described.check({ deep, stored, signal })) };
}
