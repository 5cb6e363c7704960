import { DescriptorError, printable, type Diagnostic } from '@ploop/descriptor';
import { openFiles, type DiskFiles } from '@ploop/offline';

import type { Report } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import type { FilesRequest } from '../input/files.ts';
import { snapshotNamed } from '../input/snapshot.ts';
import { reportOf, type Answer } from '../output/answer.ts';
import { interrupted } from '../output/interrupted.ts';
import { OutputError } from '../output/send.ts';
import { lines } from '../output/text.ts';

/** What a command did with files: what it shows, and what it could not read although it went on. */
export interface Done {
  readonly text?: readonly string[];
  readonly json: object;
  readonly findings?: readonly Diagnostic[];
  /** Whether something that was asked for could not be done. */
  readonly isIncomplete?: boolean;
}

/** Opens the files of a disk, has them used, and says how that went. */
export async function filesReport(
  path: string,
  request: FilesRequest,
  signal: AbortSignal | undefined,
  use: (files: DiskFiles) => Promise<Done>,
): Promise<Report> {
  try {
    const { isIncomplete, ...answer } = await answerOf(path, request, signal, use);
    const report = reportOf(answer, request.isJson);
    return isIncomplete ? { ...report, exitCode: ExitCode.cannot } : report;
  } catch (error) {
    const stopped = interrupted(error, signal);
    if (stopped !== undefined) return stopped;
    if (!(error instanceof OutputError)) throw error;
    if (error.isClosed) return { stdout: '', stderr: '', exitCode: ExitCode.fine };
    const said = printable(`error: ${error.message}`);
    return { stdout: '', stderr: lines([said]), exitCode: ExitCode.cannot };
  }
}

async function answerOf(
  path: string,
  { snapshot, partition, confine }: FilesRequest,
  signal: AbortSignal | undefined,
  use: (files: DiskFiles) => Promise<Done>,
): Promise<Answer & { readonly isIncomplete: boolean }> {
  let json: object = { path, accepted: false };
  let files: DiskFiles | undefined;
  try {
    const guid = await snapshotNamed(path, snapshot, { confine });
    files = await openFiles(path, {
      ...{ confine },
      ...(guid !== undefined && { snapshot: guid }),
      ...(partition !== undefined && { partition }),
      ...(signal !== undefined && { signal }),
    });
    const { path: found, accepted, guid: of } = files.snapshot;
    json = { path: found, accepted, guid: of, partition: files.partition };
    const done = await use(files);
    await files.checkUnchanged();
    const findings = once([...files.diagnostics(), ...(done.findings ?? [])]);
    const { text = [], isIncomplete = false } = done;
    return { findings, text, json: { ...json, ...done.json }, isIncomplete };
  } catch (error) {
    if (!(error instanceof DescriptorError)) throw error;
    const findings = once([...(files?.diagnostics() ?? []), ...error.diagnostics]);
    return { findings, json, isIncomplete: true };
  } finally {
    await files?.close();
  }
}

/** Errors so far: one that comes up while a tree is read says that a part of it is lost. */
export function errorsOf(files: DiskFiles): number {
  return files.diagnostics().filter(({ severity }) => severity === 'error').length;
}

/** Each finding once: what a list went past is a finding of the file system as well. */
function once(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  const byKey = new Map(findings.map((one) => [`${one.code} ${JSON.stringify(one.data)}`, one]));
  return [...byKey.values()];
}
