import type { DiskMode } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/node';
import { commands, type ImageFormat } from '@ploop/runner';

import { refuseMiswritten } from '../plan-refused.ts';
import { refuseDamaged } from '../refuse-damaged.ts';
import { imageInfoOf } from '../reads/image-info.ts';
import type { Source } from '../source.ts';
import { stateOf } from '../state.ts';
import { outcomeOf } from '../verify.ts';
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
  const input = { descriptor, ...target };
  const { stdout } = await runner.complete(commands.convert, input, { signal });

  const { version } = await runAsync(imageInfoOf(source));
  const expected = `a disk of ${Object.entries(target).flat().join(' ')}`;
  return outcomeOf(
    source,
    { operation: 'convert', expected, before, stdout },
    ({ after, told, isWritten }) => {
      const { mode: format } = after.descriptor;
      const isDone = 'format' in target ? format === target.format : version === target.version;
      if (isDone) return { format, version };
      // Others may have converted it once more.
      return 'format' in target && told.converted && isWritten ? { format, version } : undefined;
    },
  );
}
