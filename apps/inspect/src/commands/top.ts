import { snapshotFiles } from '@ploop/offline';

import type { InspectCommand } from '../command.ts';
import {
  confineOf,
  confineOption,
  noConfineOption,
  type ConfineRequest,
} from '../input/confine.ts';
import { jsonOption, nullOption, pathArgument } from '../input/path.ts';
import { reported, type Answer } from '../output/answer.ts';

/** `ploop-inspect top`: the file that is written to. */
export const top: InspectCommand = {
  examples: [['top root.hdd', 'the file that a running container changes']],
  seeAlso: ['images', 'tree'],
  define: (command, run) =>
    command
      .addArgument(pathArgument)
      .addOption(nullOption)
      .addOption(confineOption)
      .addOption(noConfineOption)
      .addOption(jsonOption)
      .action((path, options) => {
        const request = { ...confineOf(options), isNull: options.null };
        return run(() => reported(path, options, () => topOf(path, request)));
      }),
};

async function topOf(
  path: string,
  { confine, isNull }: ConfineRequest & { readonly isNull: boolean },
): Promise<Answer> {
  const files = await snapshotFiles(path, undefined, { confine });
  // Of a split disk, one for each part.
  const paths = files.parts.flatMap((part) => part.images.slice(-1).map((image) => image.path));
  const { accepted, guid } = files;
  const json = { path: files.path, accepted, guid, files: paths };
  return { findings: files.diagnostics, json, paths, isNull };
}
