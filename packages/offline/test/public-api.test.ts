import { expect, test } from 'vitest';

import * as api from '../src/index.ts';

test('the names users can rely on', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
    [
      "backupSet",
      "checkDisk",
      "checkFiles",
      "compactSpace",
      "copyFault",
      "describeImageFile",
      "diffSnapshots",
      "diskSpace",
      "exportSnapshot",
      "exportTree",
      "findOutside",
      "foreignFileFindings",
      "identifySnapshot",
      "identifySnapshotSync",
      "incremental",
      "loadDescriptorOrImage",
      "loadVolumes",
      "loadVolumesSync",
      "openFiles",
      "openImageFile",
      "openImageTarget",
      "openSnapshot",
      "parseBackupSet",
      "recoverDisk",
      "restoreBackup",
      "serveNbd",
      "snapshotFiles",
      "snapshotLosses",
      "stepFindings",
      "verifyBackup",
      "writeNewImage",
    ]
  `);
});
