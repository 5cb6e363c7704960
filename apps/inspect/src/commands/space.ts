import type { InspectCommand, Report } from '../command.ts';
import {
  confineOf,
  confineOption,
  noConfineOption,
  type ConfineRequest,
} from '../input/confine.ts';
import { jsonOption, pathsArgument } from '../input/path.ts';
import { answered } from '../output/answer.ts';
import { jsonOfAll, textOfAll, type Answers } from '../output/several.ts';
import { compactAnswer } from '../views/compact-answer.ts';
import { spaceAnswer } from '../views/space-answer.ts';

const NOTHING = { images: [], operations: [], leftovers: [], volumes: [] };
const NOTHING_COMPACT = { fileSystems: [], images: [] };

/** `ploop-inspect space`: what a disk takes. */
export const space: InspectCommand = {
  examples: [
    ['space root.hdd', 'which snapshot takes how much, and what deleting it frees'],
    ['space /vz/private/*/root.hdd', 'the same of several disks'],
    ['space --compact root.hdd', 'what the guest has deleted and the images still hold'],
  ],
  seeAlso: ['plan', 'check'],
  define: (command, run) =>
    command
      .addArgument(pathsArgument)
      .option('--compact', 'show what the guest has free and the images still hold', false)
      .addOption(confineOption)
      .addOption(noConfineOption)
      .addOption(jsonOption)
      .action((paths, options) => {
        const { json, compact } = options;
        return run(() => measured(paths, { ...confineOf(options), json, compact }));
      }),
};

async function measured(
  paths: readonly string[],
  options: ConfineRequest & { readonly json: boolean; readonly compact: boolean },
): Promise<Report> {
  const answers: Answers[number][] = [];
  for (const path of paths) {
    const nothing = { path, accepted: false, ...(options.compact ? NOTHING_COMPACT : NOTHING) };
    const answer = await answered(nothing, () =>
      options.compact ? compactAnswer(path, options) : spaceAnswer(path, options),
    );
    answers.push({ path, answer });
  }
  return options.json ? jsonOfAll(answers) : textOfAll(answers, { headings: true });
}
