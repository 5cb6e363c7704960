import { DescriptorError, printable, type Diagnostic } from '@ploop/descriptor';
import {
  exportSnapshot,
  openSnapshot,
  type ExportFormatName,
  type ExportResult,
} from '@ploop/offline';
import prettyBytes from 'pretty-bytes';

import type { Report, Surroundings } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import type { ConfineRequest } from '../input/confine.ts';
import { snapshotNamed } from '../input/snapshot.ts';
import { counted } from '../output/counted.ts';
import { describe, distinct, toRecords } from '../output/findings.ts';
import { interrupted } from '../output/interrupted.ts';
import { progressBar } from '../output/progress-bar.ts';
import { lines, toJson } from '../output/text.ts';

/** How an export was asked for. */
export interface ExportRequest extends ConfineRequest {
  /** As typed; the top where it is left out. */
  readonly snapshot?: string | undefined;
  /** A path, or `-` for stdout. */
  readonly output: string;
  /** Absent for raw, unless the name of the file says otherwise. */
  readonly format?: ExportFormatName | undefined;
  readonly compress: boolean;
  readonly subformat?: 'monolithicSparse' | 'streamOptimized' | undefined;
  readonly force: boolean;
  /** Write encrypted content as it is stored. */
  readonly ciphertext: boolean;
  readonly sparse: boolean;
  readonly verify: boolean;
  readonly hash: boolean;
  readonly salvage: boolean;
  readonly json: boolean;
}

interface Exported extends Omit<ExportResult, 'diagnostics'> {
  readonly snapshot: string;
  readonly output: string;
}

const INTERRUPTED =
  'interrupted; what there is of a file is kept, and the same call goes on with it';

/** Exports a snapshot and says how that went. */
export async function runExport(
  path: string,
  request: ExportRequest,
  surroundings: Surroundings,
): Promise<Report> {
  const findings: Diagnostic[] = [];
  const signal = surroundings.stopSignal?.();
  try {
    const exported = await perform(path, request, surroundings, findings, signal);
    const exitCode = findings.some((finding) => isWorse(finding, request))
      ? ExitCode.found
      : ExitCode.fine;
    return report(path, request, findings, exitCode, exported);
  } catch (error) {
    const stopped = interrupted(error, signal, INTERRUPTED);
    if (stopped !== undefined) return stopped;
    if (!(error instanceof DescriptorError)) throw error;
    // What opening the disk found is what refuses the export, if its content is encrypted.
    const codes = new Set(findings.map(({ code }) => code));
    const refused = error.diagnostics.filter(
      ({ code }) => code !== 'CONTENT_ENCRYPTED' || !codes.has(code),
    );
    return report(path, request, [...findings, ...refused], ExitCode.cannot);
  }
}

/** Whether a finding counts for the exit code. Of encrypted content nothing else was asked for. */
export function isWorse(
  { severity, code }: Diagnostic,
  { ciphertext }: Pick<ExportRequest, 'ciphertext'>,
): boolean {
  return severity !== 'info' && !(ciphertext && code === 'CONTENT_ENCRYPTED');
}

async function perform(
  path: string,
  {
    snapshot: wanted,
    output,
    format,
    compress,
    subformat,
    force,
    ciphertext,
    sparse,
    verify,
    hash,
    salvage,
    confine,
  }: ExportRequest,
  { stdout, stderr }: Surroundings,
  findings: Diagnostic[],
  signal: AbortSignal | undefined,
): Promise<Exported> {
  const guid = await snapshotNamed(path, wanted, { confine });
  const snapshot = await openSnapshot(path, guid, { ciphertext, confine });
  const bar = progressBar(stderr);
  try {
    for (const finding of snapshot.diagnostics) findings.push(finding);
    const { diagnostics = [], ...result } = await exportSnapshot(
      snapshot,
      output === '-' ? stdout : output,
      {
        compress,
        sparse,
        verify,
        hash,
        salvage,
        overwrite: force,
        ...(format && { format }),
        ...(subformat && { subformat }),
        progress: ({ position, size }) => {
          bar.show(position, size);
        },
        ...(signal && { signal }),
      },
    );
    for (const finding of diagnostics) findings.push(finding);
    return { snapshot: snapshot.guid, output, ...result };
  } finally {
    bar.end();
    await snapshot.close();
  }
}

function report(
  path: string,
  { json, output }: ExportRequest,
  found: readonly Diagnostic[],
  exitCode: ExitCode,
  exported?: Exported,
): Report {
  // What opening the disk reports can be what ends the export, or be in its result as well.
  const diagnostics = distinct(found);
  if (json)
    return {
      stdout: lines([toJson({ path, diagnostics: toRecords(diagnostics), ...exported })]),
      stderr: '',
      exitCode,
    };
  // Also what is merely worth knowing: an unfinished file that is left.
  const stderr = describe(diagnostics);
  const said = exported === undefined ? [] : [...losses(exported), summary(exported)];
  // Stdout has the disk itself then.
  return output === '-'
    ? { stdout: '', stderr: lines([...stderr, ...said]), exitCode }
    : { stdout: lines(said), stderr: lines(stderr), exitCode, isSummary: true };
}

/** As many lost ranges are listed. */
const MOST_LOSSES = 20;

/** What is lost, where no file lists it. */
function losses({ lost = [], lostFile }: Exported): readonly string[] {
  if (lostFile !== undefined) return [];
  const listed = lost
    .slice(0, MOST_LOSSES)
    .map(({ start, end, code, file }) =>
      printable(`lost: bytes ${String(start)} to ${String(end - 1)}: ${code} in ${file}`),
    );
  const more = lost.length - listed.length;
  if (more <= 0) return listed;
  const ranges = counted(more, 'more range');
  return [...listed, `lost: ${ranges}; an export to a file lists all of them`];
}

function summary(exported: Exported): string {
  const { snapshot, output, size, data, resumedAt, sha256, verified } = exported;
  const bytes = (count: number): string => prettyBytes(count, { binary: true });
  const resumed = resumedAt > 0 ? `, from byte ${String(resumedAt)} on` : '';
  const more = [
    ...(sha256 === undefined ? [] : [`SHA-256 ${sha256}`]),
    ...(verified === undefined ? [] : ['verified']),
  ];
  const checked = more.length === 0 ? '' : `; ${more.join(', ')}`;
  return printable(
    `exported ${snapshot} to ${output}: ${bytes(size)}, ${bytes(data)} of data written${resumed}${checked}`,
  );
}
