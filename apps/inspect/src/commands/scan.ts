import { once } from 'node:events';

import { InvalidArgumentError, Option } from '@commander-js/extra-typings';

import type { InspectCommand, Report, Surroundings } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { confineOf, confineOption, noConfineOption } from '../input/confine.ts';
import { counted } from '../output/counted.ts';
import { lines, toJsonLine } from '../output/text.ts';
import { readRows } from '../scan/merge.ts';
import type { DiskRow } from '../scan/row.ts';
import { scanned, type ScanOptions, type ScanResult } from '../scan/scan.ts';
import { SORTS, type Sort } from '../scan/sort.ts';
import { SCAN_FORMATS, type ScanFormat } from '../scan/formats.ts';

interface ScanRequest extends Omit<ScanOptions, 'onRow' | 'signal'> {
  readonly format: ScanFormat;
  readonly sort: Sort;
  readonly top?: number | undefined;
  readonly merge: boolean;
}

const FORMATS = Object.keys(SCAN_FORMATS) as readonly ScanFormat[];
const SORT_NAMES = Object.keys(SORTS) as readonly Sort[];

/** `ploop-inspect scan`: every disk of a host. */
export const scan: InspectCommand = {
  examples: [
    ['scan /vz/private', 'the disks of a host, those in trouble first'],
    ['scan --sort size --top 10 /vz/private', 'what takes most'],
    ['scan --format prometheus /vz > /var/lib/node_exporter/ploop.prom', 'for monitoring'],
    ['scan --format jsonl /vz > host1.jsonl', 'one line a disk; lines of many hosts can be joined'],
    ['scan --merge host1.jsonl host2.jsonl', 'one table of many hosts'],
  ],
  seeAlso: ['check', 'space'],
  define: (command, run, surroundings) =>
    command
      .argument('<path...>', 'directories; with --merge, files of JSON lines')
      .option('--deep', 'read all block allocation tables as well, and what is on the disks', false)
      .addOption(
        new Option('--sort <by>', 'what comes first')
          .choices(SORT_NAMES)
          .default('trouble' as const),
      )
      .option('--top <count>', 'list only so many', wholeNumber)
      .option('--all-file-systems', 'enter other file systems that are mounted below', false)
      .option('--merge', 'read what --format jsonl has printed', false)
      .addOption(confineOption)
      .addOption(noConfineOption)
      .addOption(
        new Option('--format <format>', 'how to print the disks')
          .choices(FORMATS)
          .default('text' as const)
          .conflicts(['json', 'jsonl', 'prometheus']),
      )
      .addOption(shortFor('json').conflicts(['jsonl', 'prometheus']))
      .addOption(shortFor('jsonl').conflicts('prometheus'))
      .addOption(shortFor('prometheus'))
      .action((paths, { json, jsonl, prometheus, ...options }) => {
        const asked = { json, jsonl, prometheus };
        const format = SHORT.find((name) => asked[name]) ?? options.format;
        return run(() =>
          reportOf(paths, { ...options, ...confineOf(options), format }, surroundings),
        );
      }),
};

/** Formats that have an option of their own. */
const SHORT = ['json', 'jsonl', 'prometheus'] as const;

function shortFor<Name extends (typeof SHORT)[number]>(name: Name) {
  return new Option(`--${name}`, `print as --format ${name}`).default(false);
}

function wholeNumber(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new InvalidArgumentError('It is not a whole number from 1 on.');
  return count;
}

async function reportOf(
  paths: readonly string[],
  request: ScanRequest,
  { stdout, stderr }: Surroundings,
): Promise<Report> {
  const { format, sort, top = Infinity, merge } = request;
  const isStream = format === 'jsonl';
  let count = 0;
  const counter = 'isTTY' in stderr && stderr.isTTY === true ? stderr : undefined;
  const closed = new AbortController();
  const stop = (): void => {
    closed.abort();
  };
  stdout.once('close', stop).once('error', stop);
  const onRow = async (row: DiskRow): Promise<void> => {
    count += 1;
    counter?.write(`\r${counted(count, 'disk')}`);
    if (!isStream || closed.signal.aborted || stdout.write(`${toJsonLine(row)}\n`)) return;
    // A reader that has gone, such as head, takes nothing more.
    await once(stdout, 'drain', { signal: closed.signal }).catch(() => undefined);
  };
  const given = { ...request, onRow, signal: closed.signal };
  const result: ScanResult = merge ? await readRows(paths, onRow) : await scanned(paths, given);
  stdout.off('close', stop).off('error', stop);
  counter?.write('\r\x1b[K');
  const rows = result.rows.toSorted(SORTS[sort]).slice(0, top);
  return {
    stdout: isStream ? '' : lines(SCAN_FORMATS[format]({ ...result, rows })),
    stderr: lines(result.errors.map((error) => `error: ${error}`)),
    exitCode: exitCodeOf(result),
  };
}

/** Places that cannot be read are reported and survived; what was asked for must be there. */
function exitCodeOf({ rows, errors, isMissing }: ScanResult): ExitCode {
  if (isMissing) return ExitCode.cannot;
  const isFine = errors.length === 0 && rows.every((row) => row.errors + row.warnings === 0);
  return isFine ? ExitCode.fine : ExitCode.found;
}
