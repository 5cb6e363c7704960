import { Option } from '@commander-js/extra-typings';

import type { InspectCommand, Report } from '../command.ts';
import {
  confineOf,
  confineOption,
  noConfineOption,
  type ConfineRequest,
} from '../input/confine.ts';
import { pathsArgument } from '../input/path.ts';
import { answered } from '../output/answer.ts';
import type { Answers } from '../output/several.ts';
import { CHECK_FORMATS, type CheckFormat } from '../views/check-formats.ts';
import { checkAnswer } from '../views/check-answer.ts';

interface CheckRequest extends ConfineRequest {
  readonly deep: boolean;
  readonly format: CheckFormat;
  readonly quiet: boolean;
}

const NAMES = Object.keys(CHECK_FORMATS) as readonly CheckFormat[];

/** `ploop-inspect check`: all that is wrong with disks. */
export const check: InspectCommand = {
  examples: [
    ['check --deep root.hdd', 'everything that is wrong with a disk'],
    ['check --quiet /vz/private/*/root.hdd || echo trouble', 'only whether something is wrong'],
    ['check --format github root.hdd', 'annotations in a workflow of GitHub'],
  ],
  seeAlso: ['explain', 'space', 'export'],
  define: (command, run) =>
    command
      .addArgument(pathsArgument)
      .option('--deep', 'read all block allocation tables as well, and what is on the disk', false)
      .option('--quiet', 'print nothing: the exit code is the answer', false)
      .addOption(confineOption)
      .addOption(noConfineOption)
      .addOption(
        new Option('--format <format>', 'how to print what was found')
          .choices(NAMES)
          .default('text' as const)
          .conflicts('json'),
      )
      .addOption(new Option('--json', 'print JSON, as --format json').default(false))
      .action((paths, { json, format, ...options }) =>
        run(() =>
          checked(paths, { ...options, ...confineOf(options), format: json ? 'json' : format }),
        ),
      ),
};

async function checked(
  paths: readonly string[],
  { deep, format, quiet, confine }: CheckRequest,
): Promise<Report> {
  const answers: Answers[number][] = [];
  for (const path of paths) {
    const nothing = { path, accepted: false, deep, images: [], volumes: [] };
    const answer = await answered(nothing, () => checkAnswer(path, { deep, confine }));
    answers.push({ path, answer });
  }
  const report = CHECK_FORMATS[format](answers);
  return quiet ? { ...report, stdout: '', stderr: '' } : report;
}
