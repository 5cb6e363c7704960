import { expect, test } from 'vitest';

import * as api from '../src/index.ts';

test('the names users can rely on', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
    [
      "AbortedError",
      "DescriptorError",
      "ExitCode",
      "ExitError",
      "NIL_GUID",
      "OutcomeError",
      "OutputError",
      "PloopError",
      "ReadError",
      "RefusedError",
      "SignalError",
      "SpawnError",
      "TOP_GUID",
      "TimeoutError",
      "buildGraph",
      "bytes",
      "createDisk",
      "createRunner",
      "deviceOfMountPoint",
      "deviceOfMountPointSync",
      "exitNameOf",
      "findDevice",
      "findDeviceSync",
      "formatDiagnostic",
      "generateGuid",
      "isExit",
      "isNotMounted",
      "isPloopError",
      "listDevices",
      "listDevicesSync",
      "maxDiskSize",
      "openDisk",
      "openDiskSync",
      "parseDescriptor",
      "parseDescriptorOrThrow",
      "parseGuid",
      "parseImageFormat",
      "quoteCommand",
      "receiveCopy",
      "renderTextTree",
      "restoreDescriptor",
      "sameGuid",
      "umountDevice",
      "umountPath",
    ]
  `);
});
