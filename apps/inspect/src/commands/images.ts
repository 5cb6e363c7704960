import { snapshotFiles } from '@ploop/offline';

import type { InspectCommand } from '../command.ts';
import {
  confineOf,
  confineOption,
  noConfineOption,
  type ConfineRequest,
} from '../input/confine.ts';
import { jsonOption, nullOption, pathArgument } from '../input/path.ts';
import { snapshotNamed, snapshotOption } from '../input/snapshot.ts';
import { reported, type Answer } from '../output/answer.ts';

interface ImagesRequest extends ConfineRequest {
  readonly snapshot?: string | undefined;
  readonly isNull: boolean;
}

/** `ploop-inspect images`: the files that make up a snapshot. */
export const images: InspectCommand = {
  examples: [
    ['images root.hdd', 'the files of what the disk holds now'],
    [
      'images -0 root.hdd --snapshot 22222222 | xargs -0 ls -l',
      'those of a snapshot, for a script',
    ],
  ],
  seeAlso: ['top', 'tree'],
  define: (command, run) =>
    command
      .addArgument(pathArgument)
      .addOption(snapshotOption)
      .addOption(nullOption)
      .addOption(confineOption)
      .addOption(noConfineOption)
      .addOption(jsonOption)
      .action((path, options) => {
        const { null: isNull, snapshot } = options;
        const request = { ...confineOf(options), snapshot, isNull };
        return run(() => reported(path, options, () => imagesOf(path, request)));
      }),
};

async function imagesOf(path: string, request: ImagesRequest): Promise<Answer> {
  const { snapshot, isNull, confine } = request;
  const guid = await snapshotNamed(path, snapshot, { confine });
  const files = await snapshotFiles(path, guid, { confine });
  return {
    findings: files.diagnostics,
    paths: files.images.map((image) => image.path),
    isNull,
    json: {
      ...{ path: files.path, accepted: files.accepted, guid: files.guid },
      images: files.images.map((image) => ({ guid: image.guid, file: image.path })),
    },
  };
}
