import { descriptorXml } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { parseDescriptor } from '../parse.ts';

test('a tail below a cycle, first in the file, is not a cycle of its own', () => {
  const { graph, diagnostics } = parseDescriptor(
    descriptorXml([{ parent: 2 }, { parent: 2 }, { parent: 1 }, {}, { parent: 3 }]),
  );
  const [tail, first] = graph?.nodes ?? [];
  expect(graph?.roots).toEqual([graph?.nodes[3], first]);
  expect(graph?.descendants(first?.guid ?? '')).toEqual([graph?.nodes[2], tail]);
  const { length } = diagnostics.filter(({ code }) => code === 'PARENT_CYCLE');
  expect(length).toBe(1);
});
