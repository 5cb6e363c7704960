import type { Diagnostic } from '@ploop/descriptor';

import type { InspectCommand } from '../command.ts';
import { confineOption, noConfineOption } from '../input/confine.ts';
import { load } from '../input/load.ts';
import { jsonOption, pathArgument } from '../input/path.ts';
import { isSerious, reported, type Answer } from '../output/answer.ts';
import { factLines } from '../views/facts.ts';

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
      .action((path, options) => run(() => reported(path, options, () => shown(path)))),
};

async function shown(path: string): Promise<Answer> {
  const { disk, accepted, findings, path: found } = await load(path);
  return {
    findings,
    text: disk && factLines(disk),
    json: { path: found, accepted, ...(disk && { descriptor: disk.descriptor }) },
    isShown: isSeriousOrAlone,
  };
}

/** That there is no descriptor changes what is shown. */
export function isSeriousOrAlone(finding: Diagnostic): boolean {
  return isSerious(finding) || finding.code === 'IMAGE_ALONE';
}
