import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';

import { confineOf, confineOption, noConfineOption } from '../confine.ts';
import type { Report } from '../inspect.ts';
import { runSpace } from './run-space.ts';

/** `ploop-inspect space`, which gives its report to `done`. */
export function spaceCommand(done: (report: Report) => void): CommandUnknownOpts {
  const summary = 'tell what a disk takes, and what could be had back';
  return new Command('space')
    .summary(summary)
    .description(`${summary}.`)
    .argument('<path>', 'DiskDescriptor.xml, or the directory that holds it')
    .addOption(confineOption)
    .addOption(noConfineOption)
    .option('--json', 'print JSON', false)
    .action(async (path, options) => {
      done(await runSpace(path, { ...options, ...confineOf(options) }));
    });
}
