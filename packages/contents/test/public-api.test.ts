import { expect, test } from 'vitest';

import * as api from '../src/index.ts';

test('the names users can rely on', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
    [
      "bytesOfName",
      "describeFileSystem",
      "escapedName",
      "identify",
      "nameOfBytes",
      "openFileSystem",
      "readPartitions",
      "unescapedName",
    ]
  `);
});
