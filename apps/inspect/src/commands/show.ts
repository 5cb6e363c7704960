import type { DiskContent } from '@ploop/contents';
import { DescriptorError, type Diagnostic } from '@ploop/descriptor';
import { identifySnapshot } from '@ploop/offline';

import type { InspectCommand } from '../command.ts';
import {
  confineOf,
  confineOption,
  noConfineOption,
  type ConfineRequest,
} from '../input/confine.ts';
import { containerAround } from '../input/container.ts';
import { load } from '../input/load.ts';
import { jsonOption, pathArgument } from '../input/path.ts';
import { isSerious, reported, type Answer } from '../output/answer.ts';
import { contentLines } from '../views/content.ts';
import { factLines } from '../views/facts.ts';
import { containerJson, listFindings, listNotes } from '../views/saved.ts';

/** `ploop-inspect show`: what the descriptor says, image by image, and what is on the disk. */
export const show: InspectCommand = {
  examples: [
    ['show root.hdd', 'size, snapshots and images of a disk, and the file systems on it'],
    ['show --json root.hdd | jq .descriptor.size', 'its size in sectors, for a program'],
  ],
  seeAlso: ['tree', 'check'],
  define: (command, run) =>
    command
      .addArgument(pathArgument)
      .addOption(confineOption)
      .addOption(noConfineOption)
      .addOption(jsonOption)
      .action((path, options) =>
        run(() => reported(path, options, () => shown(path, confineOf(options)))),
      ),
};

async function shown(path: string, options: ConfineRequest): Promise<Answer> {
  const { disk, accepted, findings, path: found } = await load(path);
  const json = { path: found, accepted };
  if (disk === undefined) return { findings, json, isShown: isSeriousOrAlone };
  const container = await containerAround(disk.directory, options);
  const content = await contentOf(path, options.confine);
  return {
    findings: [...findings, ...listFindings(container)],
    text: [
      ...factLines(disk, container),
      ...listNotes(container, disk.graph),
      ...(content === undefined ? [] : ['', ...contentLines(content)]),
    ],
    json: {
      ...json,
      descriptor: disk.descriptor,
      ...containerJson(container, disk.graph),
      ...(content && { content }),
    },
    isShown: isSeriousOrAlone,
  };
}

/** What is on the disk now; `undefined` if an image cannot be read, which `check` reports. */
async function contentOf(
  path: string,
  confine: ConfineRequest['confine'],
): Promise<Omit<DiskContent, 'diagnostics'> | undefined> {
  try {
    const found = await identifySnapshot(path, undefined, { confine });
    const { partitionTable, fileSystems, luks, contents } = found;
    return {
      fileSystems,
      ...(partitionTable && { partitionTable }),
      ...(luks && { luks }),
      ...(contents && { contents }),
    };
  } catch (error) {
    if (error instanceof DescriptorError) return undefined;
    throw error;
  }
}

/** That there is no descriptor changes what is shown. */
export function isSeriousOrAlone(finding: Diagnostic): boolean {
  return isSerious(finding) || finding.code === 'IMAGE_ALONE';
}
