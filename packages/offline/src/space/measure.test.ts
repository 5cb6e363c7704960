import { parseDescriptor } from '@ploop/descriptor';
import { memorySource } from '@ploop/descriptor/internal';
import { descriptorXml } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { measure } from './measure.ts';

test('more layers are measured than a call can have arguments', async () => {
  const source = memorySource('d', new Uint8Array(0));
  const layers = new Map(
    Array.from({ length: 200_000 }, (_, index) => [
      `d${String(index)}`,
      { source, layout: undefined, clusters: 0 },
    ]),
  );
  const { graph } = parseDescriptor(descriptorXml([{}]));
  if (graph === undefined) throw new TypeError('there is no graph');
  const measured = await measure({
    graph,
    fileOf: () => undefined,
    layers,
    clusterBytes: 1 << 20,
    plans: [],
    linked: new Set(),
  });
  expect(measured.changes).toEqual([]);
});
