import { expect, test } from 'vitest';

import * as api from '../src/index.ts';

test('the names users can rely on', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
    [
      "BAT_PIECE_ENTRIES",
      "HEADER_BYTES",
      "batPieces",
      "checkChain",
      "checkImage",
      "chunks",
      "createDelta",
      "createImage",
      "createWebStream",
      "dataPieces",
      "describeImage",
      "diffChains",
      "entryFault",
      "extents",
      "hashChain",
      "memorySource",
      "mergeDelta",
      "openChain",
      "parseImageHeader",
      "qemuChain",
      "readBat",
      "stateMark",
      "stepFaults",
    ]
  `);
});
