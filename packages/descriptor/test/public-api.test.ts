import { expect, test } from 'vitest';

import * as image from '../src/image/index.ts';
import * as core from '../src/index.ts';
import * as node from '../src/node/index.ts';

test('the names users can rely on', () => {
  expect(Object.keys(core).sort()).toMatchInlineSnapshot(`
    [
      "CLUSTER_SECTORS",
      "DescriptorError",
      "MAX_DESCRIPTOR_BYTES",
      "NIL_GUID",
      "SECTOR_SIZE",
      "TOP_GUID",
      "buildGraph",
      "bytes",
      "checkDescriptor",
      "diagnostic",
      "editDescriptor",
      "formatDiagnostic",
      "guidKey",
      "imageList",
      "isBase",
      "isClusterSize",
      "isRefusal",
      "parseDescriptor",
      "parseDescriptorOrThrow",
      "parseGuid",
      "parseGuidArgument",
      "parseRelease",
      "printable",
      "renderDot",
      "renderMermaid",
      "renderSvg",
      "renderTextTree",
      "resolveFile",
      "sameGuid",
      "sectors",
      "serializeDescriptor",
      "toBytes",
      "toSectors",
    ]
  `);
  expect(Object.keys(image).sort()).toMatchInlineSnapshot(`
    [
      "HEADER_BYTES",
      "parseImageHeader",
    ]
  `);
  expect(Object.keys(node).sort()).toMatchInlineSnapshot(`
    [
      "DESCRIPTOR_NAME",
      "checkFiles",
      "descriptorAt",
      "findDisks",
      "headerAt",
      "loadDescriptor",
      "loadDescriptorSync",
      "locateDescriptor",
      "perform",
      "readStart",
      "readable",
      "realPath",
      "runAsync",
      "runSync",
      "sameIdentity",
      "saveDescriptor",
      "saveDescriptorSync",
      "savedDescriptor",
      "status",
    ]
  `);
});
