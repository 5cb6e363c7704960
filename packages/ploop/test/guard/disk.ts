import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { descriptorXml } from '@ploop/test-kit';

import { CLUSTER, CLUSTERS, FAULTS, imageOf, type FaultName } from './mutants.ts';

/** Makes a chain of as many images as there are faults, base first. */
export function makeChain(
  directory: string,
  faults: readonly FaultName[] = ['healthy', 'healthy', 'healthy'],
  version: 1 | 2 = 1,
): void {
  mkdirSync(directory, { recursive: true });
  const nodes = faults.map((_fault, level) => (level === 0 ? {} : { parent: level - 1 }));
  const xml = descriptorXml(nodes, {
    blockSize: String(CLUSTER),
    size: String(CLUSTER * CLUSTERS),
  });
  writeFileSync(join(directory, 'DiskDescriptor.xml'), xml);
  for (const [level, name] of faults.entries()) {
    const bytes = imageOf(level, version, FAULTS[name]);
    if (bytes !== undefined) writeFileSync(join(directory, `d${String(level)}`), bytes);
  }
}
