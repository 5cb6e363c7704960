import { DescriptorError, printable, type Diagnostic, type Severity } from '@ploop/descriptor';
import {
  checkDisk,
  type CheckDiskOptions,
  type DiskCheck,
  type DiskImageCheck,
} from '@ploop/descriptor/node';

import { ExitCode } from '../command.ts';
import type { ConfineRequest } from '../confine.ts';
import { describe, SEVERITIES, toRecords } from '../findings.ts';
import { lines, toJson, volumesOf, type Report } from '../inspect.ts';

/** Checks a disk and tells all that was found. */
export async function runCheck(
  path: string,
  { deep, json, confine }: ConfineRequest & { readonly deep: boolean; readonly json: boolean },
): Promise<Report> {
  const { check, diagnostics } = await checked(path, { deep, confine });
  const exitCode = exitCodeOf(check, diagnostics);
  if (json) {
    const value = {
      path: check?.loaded.path ?? path,
      accepted: check?.loaded.accepted ?? false,
      diagnostics: toRecords(diagnostics),
      deep,
      images: check?.images.map(imageJson) ?? [],
      volumes: volumesOf(check?.loaded),
    };
    return { stdout: lines([toJson(value)]), stderr: '', exitCode };
  }
  if (exitCode === ExitCode.unreadable)
    return { stdout: '', stderr: lines(describe(diagnostics)), exitCode };
  const counts = SEVERITIES.map((severity) => countOf(diagnostics, severity)).join(', ');
  const parents = check?.loaded.parents?.length ?? 0;
  const volumes = `${String(parents)} parent volume${parents === 1 ? '' : 's'}`;
  const above = parents === 0 ? '' : `, those of ${volumes} included,`;
  const count = check?.images.length ?? 0;
  const images = `${String(count)} image${count === 1 ? '' : 's'}${above}`;
  const how = deep ? 'with their block allocation tables' : 'by their headers';
  const summary = `${printable(check?.loaded.path ?? path)}: ${images} checked ${how}: ${counts}`;
  return { stdout: lines([...describe(diagnostics), summary]), stderr: '', exitCode };
}

async function checked(
  path: string,
  options: CheckDiskOptions,
): Promise<{ readonly check?: DiskCheck; readonly diagnostics: readonly Diagnostic[] }> {
  try {
    const check = await checkDisk(path, options);
    return { check, diagnostics: check.diagnostics };
  } catch (error) {
    if (!(error instanceof DescriptorError)) throw error;
    return { diagnostics: error.diagnostics };
  }
}

function exitCodeOf(check: DiskCheck | undefined, diagnostics: readonly Diagnostic[]): number {
  if (check?.loaded.descriptor === undefined) return ExitCode.unreadable;
  return diagnostics.every(({ severity }) => severity === 'info')
    ? ExitCode.shown
    : ExitCode.damaged;
}

function countOf(diagnostics: readonly Diagnostic[], severity: Severity): string {
  const count = diagnostics.filter((finding) => finding.severity === severity).length;
  const name = severity === 'info' ? 'note' : severity;
  return `${String(count)} ${name}${count === 1 ? '' : 's'}`;
}

function imageJson({ guid, disk, file, description, usage }: DiskImageCheck): object {
  const { format, fileBytes } = description;
  const common = {
    guid,
    ...(disk === undefined ? {} : { disk }),
    ...{ file, format, fileBytes },
    ...(usage === undefined ? {} : { usage }),
  };
  if (format !== 'ploop') return common;
  const { version, blockSize, size, mark } = description;
  return { ...common, version, blockSize, size, mark: mark.text, state: mark.state };
}
