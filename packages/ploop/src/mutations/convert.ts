import type { DiskMode } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/node';
import type { ImageFormat } from '@ploop/runner';

import { refuseMiswritten } from '../plan-refused.ts';
import { refuseDamaged } from '../refuse-damaged.ts';
import { imageInfoOf } from '../reads/image-info.ts';
import type { Source } from '../source.ts';
import { stateOf } from '../state.ts';
import { verify } from '../verify.ts';
import { refuseMounted } from './refuse-mounted.ts';
import type { MutationOptions } from './target.ts';

/** What a disk is converted to: another layout, or another format version. */
export type ConvertTarget = { readonly format: ImageFormat } | { readonly version: 1 | 2 };

/** A disk that has been converted. */
export interface ConvertedDisk {
  readonly format: DiskMode;
  /** Format version; 0 for a raw disk. */
  readonly version: 0 | 1 | 2;
}

/**
 * Converts a disk that is on no device. The tool does not react to a signal meanwhile. From `raw` there is no way back;
 * version 2 needs a driver that knows large disks.
 */
export async function convertDisk(
  source: Source,
  target: ConvertTarget,
  { signal }: MutationOptions = {},
): Promise<ConvertedDisk> {
  const { descriptorPath: descriptor, runner } = source;
  const before = await runAsync(stateOf(descriptor));
  refuseDamaged(before);
  await refuseMiswritten(runner, before, 'convert');
  await refuseMounted(source, 'convert');
  await runner.convert({ descriptor, ...target }, { signal });

  const { mode: format } = (await runAsync(stateOf(descriptor))).descriptor;
  const { version } = await runAsync(imageInfoOf(source));
  const isDone = 'format' in target ? format === target.format : version === target.version;
  verify(isDone, 'convert', `a disk of ${Object.entries(target).flat().join(' ')}`);
  return { format, version };
}
