import { expect, test } from 'vitest';

import * as api from '../src/index.ts';

test('the names users can rely on', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
    [
      "AbortedError",
      "ConnectionError",
      "ExitCode",
      "ExitError",
      "OutcomeError",
      "OutputError",
      "PloopError",
      "RefusedError",
      "SignalError",
      "SpawnError",
      "TimeoutError",
      "availability",
      "check",
      "commandLine",
      "commands",
      "compareVersions",
      "createRunner",
      "devicesLeft",
      "exitMeanings",
      "exitNameOf",
      "filesTold",
      "info",
      "init",
      "isExit",
      "isNotMounted",
      "isPloopError",
      "localExec",
      "nothing",
      "planRefused",
      "quoteCommand",
      "quoteWord",
      "refusals",
      "refuseHarm",
      "releaseNeeds",
      "requireFileLock",
      "settledLook",
      "snapshot",
      "snapshotDelete",
      "snapshotList",
      "snapshotMerge",
      "snapshotSwitch",
      "sshExec",
      "sudoExec",
    ]
  `);
});
