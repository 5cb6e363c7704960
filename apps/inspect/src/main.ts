import { readFileSync } from 'node:fs';

import { Command, CommanderError, Help, Option } from '@commander-js/extra-typings';

import { printable } from '@ploop/descriptor';

import { notUtf8 } from './arguments.ts';
import { ExitCode } from './command.ts';
import { confineOption, noConfineOption, refuseBoth } from './confine.ts';
import { commands } from './commands/index.ts';
import { checkCommand } from './check/command.ts';
import { exportCommand } from './export/command.ts';
import type { Surroundings } from './export/run-export.ts';
import { inspect, lines, type Report } from './inspect.ts';
import { PATH_HELP } from './path-help.ts';
import { spaceCommand } from './space/command.ts';

/** The program: arguments in, what it prints and how it ends out. */
export async function main(
  argv: readonly string[],
  surroundings: Surroundings = process,
): Promise<Report> {
  const unsafe = notUtf8(argv, surroundings.commandLine?.());
  if (unsafe !== undefined) return refused(unsafe);
  let report: Report | undefined;
  let stdout = '';
  let stderr = '';
  const program = new Command('ploop-inspect')
    .description('Look at ploop disks offline: no root, no driver, no ploop tool.')
    .version(ownVersion(), '--version', 'print the version')
    .showHelpAfterError('Add --help to list the arguments and options.')
    .configureHelp({ optionDescription })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => (stdout += text),
      writeErr: (text) => (stderr += withoutForgedLines(text, argv).map(printable).join('\n')),
    });
  for (const command of commands) {
    const subcommand = new Command(command.name)
      .copyInheritedSettings(program)
      .summary(command.summary)
      .description(`${command.summary}.`)
      .argument('<path>', PATH_HELP)
      .addOption(confineOption)
      .addOption(noConfineOption)
      .option('--json', 'print JSON', false)
      .action(async (path, options) => {
        report = await inspect(command, path, options);
      });
    const formats = Object.keys(command.formats);
    if (formats.length > 1)
      subcommand.addOption(
        new Option('--format <format>', 'how to draw it')
          .choices(formats)
          .default('text')
          .conflicts('json'),
      );
    program.addCommand(subcommand);
  }
  program.addCommand(checkCommand((made) => (report = made)).copyInheritedSettings(program));
  program.addCommand(spaceCommand((made) => (report = made)).copyInheritedSettings(program));
  const exporting = exportCommand(surroundings, (made) => (report = made));
  program.addCommand(exporting.copyInheritedSettings(program));
  program.commands.forEach(refuseBoth);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const exitCode = error.exitCode === 0 ? ExitCode.shown : ExitCode.unreadable;
    return { stdout, stderr, exitCode };
  }
  return report ?? { stdout, stderr, exitCode: ExitCode.unreadable };
}

function ownVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };
  return version;
}

/** Every flag is off unless it is given: the help does not repeat that for each. */
function optionDescription(option: Option): string {
  return new Help().optionDescription(option).replace(/ \(default: (?:true|false)\)$/, '');
}

function refused(word: string): Report {
  const said = [
    `error: the argument ${JSON.stringify(word)} is not UTF-8: it may name another file`,
    '  Rename the file or the directory.',
  ];
  return { stdout: '', stderr: lines(said.map(printable)), exitCode: ExitCode.unreadable };
}

/** The lines of a message, in which a line break of an argument begins no new one. */
function withoutForgedLines(text: string, argv: readonly string[]): readonly string[] {
  const given = argv.flatMap((word) => [word, word.slice(word.indexOf('=') + 1)]);
  const oneLine = given
    .filter((word) => word.includes('\n'))
    .reduce((kept, word) => kept.replaceAll(word, word.replaceAll('\n', '\u2028')), text);
  return oneLine.split('\n');
}
