import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';

import { confineOf, confineOption, noConfineOption } from '../confine.ts';
import { PATH_HELP } from '../path-help.ts';
import type { Report } from '../inspect.ts';
import { runCheck } from './run-check.ts';

/** `ploop-inspect check`, which gives its report to `done`. */
export function checkCommand(done: (report: Report) => void): CommandUnknownOpts {
  const summary = 'check a descriptor, its directory and its images, and change nothing';
  return new Command('check')
    .summary(summary)
    .description(`${summary}.`)
    .argument('<path>', PATH_HELP)
    .option('--deep', 'read all block allocation tables as well, and what is on the disk', false)
    .addOption(confineOption)
    .addOption(noConfineOption)
    .option('--json', 'print JSON', false)
    .action(async (path, options) => {
      done(await runCheck(path, { ...options, ...confineOf(options) }));
    });
}
