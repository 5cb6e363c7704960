import type { Diagnostic } from '@ploop/descriptor';

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
import { factLines } from '../views/facts.ts';
import { containerJson, listFindings, listNotes } from '../views/saved.ts';

/** `ploop-inspect show`: what the descriptor says, image by image. */
export const show: InspectCommand = {
  name: 'show',
  summary: 'show what a descriptor says',
  examples: [
    ['show root.hdd', 'size, format, snapshots and images of a disk'],
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
  const container = disk && (await containerAround(disk.directory, options));
  return {
    findings: [...findings, ...listFindings(container)],
    text: disk && [...factLines(disk, container), ...listNotes(container, disk.graph)],
    json: {
      ...{ path: found, accepted },
      ...(disk && { descriptor: disk.descriptor, ...containerJson(container, disk.graph) }),
    },
    isShown: isSeriousOrAlone,
  };
}

/** That there is no descriptor changes what is shown. */
export function isSeriousOrAlone(finding: Diagnostic): boolean {
  return isSerious(finding) || finding.code === 'IMAGE_ALONE';
}
