import { diskSpace, type DiskSpaceOptions } from '@ploop/offline';

import { volumesOf } from '../input/load.ts';
import type { Answer } from '../output/answer.ts';
import { spaceTables } from './space-tables.ts';

/**
 * Measures a disk and answers with what it takes.
 *
 * @throws DescriptorError if there is no disk at the path.
 */
export async function spaceAnswer(path: string, options: DiskSpaceOptions): Promise<Answer> {
  const space = await diskSpace(path, options);
  const { loaded, images, operations, leftovers, diagnostics } = space;
  return {
    findings: diagnostics,
    text: loaded.descriptor === undefined ? undefined : spaceTables(space),
    json: {
      path: loaded.path,
      accepted: loaded.accepted,
      ...{ images, operations, leftovers },
      volumes: volumesOf(loaded),
    },
  };
}
