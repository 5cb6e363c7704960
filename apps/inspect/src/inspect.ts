import { DescriptorError, type Diagnostic } from '@ploop/descriptor';
import { loadDescriptorOrImage, type LoadedDisk } from '@ploop/descriptor/node';

import { ExitCode, type InspectCommand, type Readable } from './command.ts';
import { describe, toRecords } from './findings.ts';

/** What a run of the program prints, and how it ends. */
export interface Report {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** Present if stdout only sums up what was done: what was asked for is done without it. */
  readonly isSummary?: true;
}

/** How the output of a subcommand was asked for. */
export interface OutputOptions {
  readonly json: boolean;
  /** One of the subcommand's formats. Default: `text`. */
  readonly format?: string;
}

/** Runs one subcommand on a path. */
export async function inspect(
  command: InspectCommand,
  path: string,
  { json, format = 'text' }: OutputOptions,
): Promise<Report> {
  const { loaded, diagnostics } = await load(path);
  const exitCode = exitCodeOf(loaded, diagnostics);
  if (json) {
    const shown = loaded === undefined ? {} : command.toJson(loaded);
    const value = { path: loaded?.path ?? path, accepted: loaded?.accepted ?? false };
    return {
      stdout: lines([toJson({ ...value, diagnostics: toRecords(diagnostics), ...shown })]),
      stderr: '',
      exitCode,
    };
  }
  const render = command.formats[format] ?? command.formats.text;
  return {
    stdout: loaded === undefined ? '' : lines(render(loaded)),
    stderr: lines(describe(diagnostics.filter(isShown))),
    exitCode,
  };
}

/** Notes are for check; that there is no descriptor changes what is shown. */
function isShown({ severity, code }: Diagnostic): boolean {
  return severity !== 'info' || code === 'IMAGE_ALONE';
}

/** JSON that is safe on a terminal, too: the same value, its invisible characters escaped. */
export function toJson(value: object): string {
  return JSON.stringify(value, undefined, 2).replace(
    /[\x7f-\x9f\u2028\u2029]|\p{Cf}/gu,
    (character) =>
      Array.from({ length: character.length }, (_, index) => escapeUnit(character, index)).join(''),
  );
}

function escapeUnit(text: string, index: number): string {
  return `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`;
}

async function load(path: string): Promise<{
  readonly loaded: Readable | undefined;
  readonly diagnostics: readonly Diagnostic[];
}> {
  try {
    const { descriptor, graph, ...rest } = await loadDescriptorOrImage(path);
    const isReadable = descriptor !== undefined && graph !== undefined;
    return {
      loaded: isReadable ? { ...rest, descriptor, graph } : undefined,
      diagnostics: rest.diagnostics,
    };
  } catch (error) {
    if (!(error instanceof DescriptorError)) throw error;
    return { loaded: undefined, diagnostics: error.diagnostics };
  }
}

function exitCodeOf(loaded: Readable | undefined, diagnostics: readonly Diagnostic[]): number {
  if (loaded === undefined) return ExitCode.unreadable;
  const damaged = !loaded.accepted || diagnostics.some(({ severity }) => severity === 'error');
  return damaged ? ExitCode.damaged : ExitCode.shown;
}

/** The descriptors of the parent volumes that a disk goes on in, the nearest first. */
export function volumesOf(loaded: LoadedDisk | undefined): readonly string[] {
  return loaded?.parents?.map(({ path }) => path) ?? [];
}

/** Lines as text. */
export function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
