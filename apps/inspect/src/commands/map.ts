import { openSnapshot } from '@ploop/offline';

import type { InspectCommand } from '../command.ts';
import {
  confineOf,
  confineOption,
  noConfineOption,
  type ConfineRequest,
} from '../input/confine.ts';
import { jsonOption, pathArgument } from '../input/path.ts';
import { snapshotNamed, snapshotOption } from '../input/snapshot.ts';
import { reported, type Answer } from '../output/answer.ts';
import { mapJson, mapLines, mapOf } from '../views/map.ts';

interface MapRequest extends ConfineRequest {
  readonly snapshot?: string | undefined;
}

/** `ploop-inspect map`: which image holds each part of a disk. */
export const map: InspectCommand = {
  examples: [
    ['map root.hdd', 'a strip of the disk, and its extents'],
    ['map --json root.hdd', 'the extents, for a program'],
  ],
  seeAlso: ['space', 'diff'],
  define: (command, run) =>
    command
      .addArgument(pathArgument)
      .addOption(snapshotOption)
      .addOption(confineOption)
      .addOption(noConfineOption)
      .addOption(jsonOption)
      .action((path, options) => {
        const request = { ...options, ...confineOf(options) };
        return run(() => reported(path, options, () => mapped(path, request)));
      }),
};

async function mapped(path: string, request: MapRequest): Promise<Answer> {
  const { snapshot: name, confine } = request;
  const guid = await snapshotNamed(path, name, { confine });
  // Where data lie is the same for what is encrypted.
  const snapshot = await openSnapshot(path, guid, { ciphertext: true, confine });
  try {
    const mapping = await mapOf(snapshot);
    const { accepted, guid: shown } = snapshot;
    return {
      findings: snapshot.diagnostics,
      text: mapLines(mapping),
      json: { path: snapshot.path, accepted, guid: shown, ...mapJson(mapping) },
    };
  } finally {
    await snapshot.close();
  }
}
