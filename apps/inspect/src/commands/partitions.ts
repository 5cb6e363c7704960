import { identifySnapshot, snapshotFiles } from '@ploop/offline';

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
import { contentLines } from '../views/content.ts';

interface PartitionsRequest extends ConfineRequest {
  readonly snapshot?: string | undefined;
}

/** `ploop-inspect partitions`: what is on a disk. */
export const partitions: InspectCommand = {
  examples: [
    ['partitions root.hdd', 'what is on the disk now'],
    ['partitions root.hdd --snapshot base', 'what was on its oldest state'],
  ],
  seeAlso: ['show', 'export'],
  define: (command, run) =>
    command
      .addArgument(pathArgument)
      .addOption(snapshotOption)
      .addOption(confineOption)
      .addOption(noConfineOption)
      .addOption(jsonOption)
      .action((path, options) => {
        const request = { snapshot: options.snapshot, ...confineOf(options) };
        return run(() => reported(path, options, () => contentOf(path, request)));
      }),
};

async function contentOf(path: string, request: PartitionsRequest): Promise<Answer> {
  const { snapshot, confine } = request;
  const guid = await snapshotNamed(path, snapshot, { confine });
  const files = await snapshotFiles(path, guid, { confine });
  const content = await identifySnapshot(path, guid, { confine });
  const { diagnostics, ...found } = content;
  return {
    findings: diagnostics,
    text: contentLines(content),
    json: { path: files.path, accepted: files.accepted, guid: files.guid, ...found },
  };
}
