import { Command, CommanderError, Help, type Option } from '@commander-js/extra-typings';

import { printable } from '@ploop/descriptor';

import type { Example, InspectCommand, Report, Surroundings } from './command.ts';
import { commands } from './commands/index.ts';
import { ExitCode, MEANINGS } from './exit-code.ts';
import { notUtf8 } from './input/arguments.ts';
import { refuseBoth } from './input/confine.ts';
import { wantsJson } from './input/wants-json.ts';
import { refusedCall } from './output/refused-call.ts';
import { lines } from './output/text.ts';
import { ownVersion } from './output/version.ts';

const ADVICE = 'Add --help to list the arguments and options.';

/** The program: arguments in, what it prints and how it ends out. */
export async function main(
  argv: readonly string[],
  surroundings: Surroundings = process,
): Promise<Report> {
  const unsafe = notUtf8(argv, surroundings.commandLine?.());
  const isJson = wantsJson(argv);
  if (unsafe !== undefined) return refused(unsafe, isJson);
  let report: Report | undefined;
  let stdout = '';
  let stderr = '';
  const program = new Command('ploop-inspect')
    .description('Look at ploop disks offline: no root, no driver, no ploop tool.')
    .version(ownVersion(), '--version', 'print the version')
    .showHelpAfterError(ADVICE)
    .configureHelp({ optionDescription })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => (stdout += text),
      writeErr: (text) => (stderr += withoutForgedLines(text, argv).map(printable).join('\n')),
    });
  for (const row of commands) {
    const command = new Command(row.name).copyInheritedSettings(program);
    command.summary(row.summary).description(`${row.summary}.`);
    // The others are only listed by the help.
    const named = argv.includes(row.name) ? await row.load() : undefined;
    if (named !== undefined) command.addHelpText('after', helpAfter(named));
    const run = async (work: () => Report | Promise<Report>): Promise<void> => {
      report = await work();
    };
    program.addCommand(named?.define(command, run, surroundings) ?? command);
  }
  for (const command of program.commands) [command, ...command.commands].forEach(refuseBoth);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { stdout, stderr, exitCode: ExitCode.fine };
    const exitCode = ExitCode.cannot;
    return isJson ? refusedCall(messageIn(stderr), ADVICE) : { stdout, stderr, exitCode };
  }
  return report ?? { stdout, stderr, exitCode: ExitCode.cannot };
}

/** Examples, what the exit codes mean, and related subcommands. */
function helpAfter({ examples, seeAlso }: InspectCommand): string {
  const sections = [
    ['Examples:', ...examples.flatMap(exampleLines)],
    ['Exit codes:', ...Object.entries(MEANINGS).map(([code, text]) => `  ${code}  ${text}`)],
    [`See also: ${seeAlso.join(', ')}`],
  ];
  return sections.map((section) => `\n${section.join('\n')}`).join('\n');
}

function exampleLines([line, does]: Example): readonly string[] {
  return [`  ploop-inspect ${line}`, `      ${does}`];
}

/** Every flag is off unless it is given: the help does not repeat that for each. */
function optionDescription(option: Option): string {
  return new Help().optionDescription(option).replace(/ \(default: (?:true|false)\)$/, '');
}

/** The message of the parser in one line, without its advice. */
function messageIn(said: string): string {
  return said
    .replace(ADVICE, '')
    .replace(/^error: /, '')
    .trim()
    .replaceAll('\n', ' ');
}

function refused(word: string, isJson: boolean): Report {
  const message = `the argument ${JSON.stringify(word)} is not UTF-8: it may name another file`;
  const hint = 'Rename the file or the directory.';
  if (isJson) return refusedCall(message, hint);
  const said = [`error: ${message}`, `  ${hint}`];
  return { stdout: '', stderr: lines(said.map(printable)), exitCode: ExitCode.cannot };
}

/** The lines of a message, in which a line break of an argument begins no new one. */
function withoutForgedLines(text: string, argv: readonly string[]): readonly string[] {
  const given = argv.flatMap((word) => [word, word.slice(word.indexOf('=') + 1)]);
  const oneLine = given
    .filter((word) => word.includes('\n'))
    .reduce((kept, word) => kept.replaceAll(word, word.replaceAll('\n', '\u2028')), text);
  return oneLine.split('\n');
}
