import { expect, test } from 'vitest';

import * as rules from '../src/arguments/index.ts';
import * as containers from '../src/containers/index.ts';
import * as edit from '../src/edit/index.ts';
import * as core from '../src/index.ts';
import * as node from '../src/node/index.ts';
import * as plan from '../src/plan/index.ts';
import * as releases from '../src/releases/index.ts';
import * as render from '../src/render/index.ts';
import * as volume from '../src/volume/index.ts';

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
      "formatDiagnostic",
      "guidKey",
      "imageList",
      "isBase",
      "isClusterSize",
      "isRawBase",
      "isRefusal",
      "messageOf",
      "parseDescriptor",
      "parseDescriptorOrThrow",
      "parseGuid",
      "parseGuidArgument",
      "parseRelease",
      "printable",
      "resolveFile",
      "sameGuid",
      "sectors",
      "serializeDescriptor",
      "toBytes",
      "toSectors",
    ]
  `);
  expect(Object.keys(containers).sort()).toMatchInlineSnapshot(`
    [
      "compareSnapshots",
      "parseContainerConfig",
      "parseMachineConfig",
      "parseSnapshotList",
    ]
  `);
  expect(Object.keys(node).sort()).toMatchInlineSnapshot(`
    [
      "DESCRIPTOR_NAME",
      "findDisks",
      "loadDescriptor",
      "loadDescriptorSync",
      "sameIdentity",
      "saveDescriptor",
      "saveDescriptorSync",
    ]
  `);
  expect(Object.keys(plan).sort()).toMatchInlineSnapshot(`
    [
      "harmOf",
      "imageSteps",
      "planBands",
      "planDelete",
      "planMerge",
      "planReplace",
      "planRewrite",
      "planSnapshot",
      "planSwitch",
    ]
  `);
  expect(Object.keys(rules).sort()).toMatchInlineSnapshot(`
    [
      "aBytes",
      "aConfinement",
      "aCount",
      "aFlag",
      "aFunction",
      "aList",
      "aNumber",
      "aPath",
      "aReadable",
      "aReleaseName",
      "aSignal",
      "aString",
      "aWritable",
      "anObject",
      "either",
      "isRecord",
      "misfitOfCall",
      "needed",
      "oneOf",
      "options",
      "requireCall",
      "shown",
    ]
  `);
  expect(Object.keys(edit)).toEqual(['editDescriptor']);
  expect(Object.keys(releases).sort()).toMatchInlineSnapshot(`
    [
      "BANDS",
      "OPTIONS",
      "SUBCOMMANDS",
      "VOLUME_HARM",
      "commonReleases",
      "compareVersions",
      "isOneOf",
      "memberOf",
      "numbersOf",
      "otherReleases",
      "releasesWith",
      "versionOf",
    ]
  `);
  expect(Object.keys(render).sort()).toMatchInlineSnapshot(`
    [
      "renderDot",
      "renderMermaid",
      "renderSvg",
      "renderTextTree",
    ]
  `);
  expect(Object.keys(volume).sort()).toMatchInlineSnapshot(`
    [
      "MAX_VOLUMES",
      "followVolumes",
      "followVolumesSync",
    ]
  `);
});
