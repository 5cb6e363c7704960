import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory, type NodeXml } from '@ploop/test-kit';

/** Four snapshots, of which two branch off the base, and the top. */
const TEST_NODES: readonly NodeXml[] = [
  { guid: '{11111111-0000-4000-8000-000000000000}' },
  { guid: '{22222222-0000-4000-8000-000000000000}', parent: 0 },
  { guid: '{22222223-0000-4000-8000-000000000000}', parent: 0 },
  { guid: '{33333333-0000-4000-8000-000000000000}', parent: 2 },
  { parent: 3 },
];

/** Writes a whole disk of small images and returns its directory. */
export async function writeTestDisk(
  directory?: string,
  nodes: readonly NodeXml[] = TEST_NODES,
): Promise<string> {
  const place = directory ?? (await temporaryDirectory());
  await mkdir(place, { recursive: true });
  const xml = descriptorXml(nodes, { blockSize: '64', size: '512' });
  await writeFile(join(place, 'DiskDescriptor.xml'), xml);
  for (const [index, { file }] of nodes.entries())
    await writeFile(join(place, file ?? `d${String(index)}`), imageBytes({ clusters: 8 }, [1, 2]));
  return place;
}
