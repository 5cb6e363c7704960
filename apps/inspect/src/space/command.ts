import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';

import { confineOf, confineOption, noConfineOption } from '../confine.ts';
import { PATH_HELP } from '../path-help.ts';
import type { Report } from '../inspect.ts';
import { runSpace } from './run-space.ts';

/** `ploop-inspect space`, which gives its report to `done`. */
export function spaceCommand(done: (report: Report) => void): CommandUnknownOpts {
  const summary = 'tell what a disk takes, and what could be had back';
  return new Command('space')
    .summary(summary)
    .description(`${summary}.`)
    .argument('<path>', PATH_HELP)
    .addOption(confineOption)
    .addOption(noConfineOption)
    .option('--json', 'print JSON', false)
    .action(async (path, options) => {
      done(await runSpace(path, { ...options, ...confineOf(options) }));
    });
}
