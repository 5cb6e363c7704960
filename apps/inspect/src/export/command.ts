import { Command, Option, type CommandUnknownOpts } from '@commander-js/extra-typings';

import { confineOf, confineOption, noConfineOption } from '../confine.ts';
import { PATH_HELP } from '../path-help.ts';
import type { Report } from '../inspect.ts';
import { runExport, type Surroundings } from './run-export.ts';

/** The subcommand that writes the content of a snapshot. */
export function exportCommand(
  surroundings: Surroundings,
  done: (report: Report) => void,
): CommandUnknownOpts {
  const summary = 'write the content of a snapshot as a raw disk';
  return new Command('export')
    .summary(summary)
    .description(`${summary}.`)
    .argument('<path>', PATH_HELP)
    .requiredOption('--output <file>', 'file or block device to write, - for stdout')
    .option('--snapshot <guid>', 'which snapshot (default: the top, what the disk holds now)')
    .option('--ciphertext', 'write encrypted content as it is stored', false)
    .addOption(
      new Option(
        '--format <format>',
        'what to write: needed for a file whose name ends as that of another format or of a compressed file, such as .qcow2 or .gz',
      ).choices(['raw'] as const),
    )
    .option('--force', 'replace a file that is there', false)
    .option('--no-sparse', 'write zeros where nothing is allocated, instead of holes')
    .option('--verify', 'read back what was written and compare it with the disk', false)
    .option(
      '--hash',
      'compute the SHA-256 of the disk, which reads or makes every zero of it',
      false,
    )
    .option(
      '--salvage',
      'read on where the disk is damaged, with zeros for what is lost; a list is written to <file>.lost.json',
      false,
    )
    .addOption(confineOption)
    .addOption(noConfineOption)
    .addOption(new Option('--json', 'print JSON').default(false))
    .action(async (path, options, command) => {
      if (options.output === '-' && (options.json || options.verify))
        command.error("error: '--json' and '--verify' need a file as '--output'");
      done(await runExport(path, { ...options, ...confineOf(options) }, surroundings));
    });
}
