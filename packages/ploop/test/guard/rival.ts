import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { descriptorXml, testGuid } from '@ploop/test-kit';

import { CLUSTER, CLUSTERS, imageOf } from './mutants.ts';

/** Another descriptor beside a chain of images. */
export interface Rival {
  /** Name of its file. */
  readonly name: string;
  /** Images of the chain that it names, from the base on. */
  readonly shared: number;
  /** Level of the image of the chain that its own one stands on. */
  readonly on: number;
  /** Whether its own image is its top; else that is the last shared one. */
  readonly isTop: boolean;
  /** What is in its own image; `missing`: there is no such file. */
  readonly own: 'data' | 'empty' | 'missing';
}

/** The image that only the other descriptor names. */
export const OWN = 'own';
/** Its GUID, if it is not the top. */
export const OWN_GUID: string = testGuid(9);

/** Writes another descriptor beside a chain, and its image. */
export function makeRival(directory: string, { name, own, version, ...rest }: MadeRival): void {
  writeFileSync(join(directory, name), rivalXml(rest));
  if (own === 'missing') return;
  const bytes = imageOf(
    2,
    version,
    own === 'data' ? {} : { bat: { 3: 0, 4: 0, 9: 0 }, data: 0, header: { flags: 1 } },
  );
  if (bytes !== undefined) writeFileSync(join(directory, OWN), bytes);
}

/** {@link Rival} of a chain of one format version. */
export interface MadeRival extends Rival {
  readonly version: 1 | 2;
}

function rivalXml({ shared, on, isTop }: Pick<Rival, 'shared' | 'on' | 'isTop'>): string {
  const chain = Array.from({ length: shared }, (_, level) =>
    level === 0 ? {} : { parent: level - 1 },
  );
  const own = {
    ...{ parent: Math.min(on, shared - 1), file: OWN },
    ...(isTop ? {} : { guid: OWN_GUID }),
  };
  return descriptorXml([...chain, own], {
    top: isTop ? shared : shared - 1,
    blockSize: String(CLUSTER),
    size: String(CLUSTER * CLUSTERS),
  });
}
