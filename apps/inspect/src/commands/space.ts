import type { InspectCommand } from '../command.ts';
import { confineOf, confineOption, noConfineOption } from '../input/confine.ts';
import { jsonOption, pathArgument } from '../input/path.ts';
import { reported } from '../output/answer.ts';
import { spaceAnswer } from '../views/space-answer.ts';

const NOTHING = { images: [], operations: [], leftovers: [], volumes: [] };

/** `ploop-inspect space`: what a disk takes. */
export const space: InspectCommand = {
  name: 'space',
  summary: 'tell what a disk takes, and what could be had back',
  examples: [['space root.hdd', 'which snapshot takes how much, and what deleting it frees']],
  seeAlso: ['plan', 'check'],
  define: (command, run) =>
    command
      .addArgument(pathArgument)
      .addOption(confineOption)
      .addOption(noConfineOption)
      .addOption(jsonOption)
      .action((path, options) =>
        run(() => reported(path, options, () => spaceAnswer(path, confineOf(options)), NOTHING)),
      ),
};
