import { DescriptorError, type Diagnostic } from '@ploop/descriptor';
import { diskSpace, type DiskSpace, type DiskSpaceOptions } from '@ploop/descriptor/node';

import { ExitCode } from '../command.ts';
import type { ConfineRequest } from '../confine.ts';
import { describe, toRecords } from '../findings.ts';
import { lines, toJson, volumesOf, type Report } from '../inspect.ts';
import { spaceTables } from './tables.ts';

/** Measures a disk and tells what it takes. */
export async function runSpace(
  path: string,
  { json, confine }: ConfineRequest & { readonly json: boolean },
): Promise<Report> {
  const { space, diagnostics } = await measured(path, { confine });
  const exitCode = exitCodeOf(space, diagnostics);
  if (json) {
    const { images = [], operations = [], leftovers = [] } = space ?? {};
    const { path: found = path, accepted = false } = space?.loaded ?? {};
    const volumes = volumesOf(space?.loaded);
    const value = { path: found, accepted, images, operations, leftovers, volumes };
    return {
      stdout: lines([toJson({ ...value, diagnostics: toRecords(diagnostics) })]),
      stderr: '',
      exitCode,
    };
  }
  return {
    stdout: space?.loaded.descriptor === undefined ? '' : lines(spaceTables(space)),
    stderr: lines(describe(diagnostics.filter(({ severity }) => severity !== 'info'))),
    exitCode,
  };
}

async function measured(
  path: string,
  options: DiskSpaceOptions,
): Promise<{ readonly space?: DiskSpace; readonly diagnostics: readonly Diagnostic[] }> {
  try {
    const space = await diskSpace(path, options);
    return { space, diagnostics: space.diagnostics };
  } catch (error) {
    if (!(error instanceof DescriptorError)) throw error;
    return { diagnostics: error.diagnostics };
  }
}

function exitCodeOf(space: DiskSpace | undefined, diagnostics: readonly Diagnostic[]): number {
  if (space?.loaded.descriptor === undefined) return ExitCode.unreadable;
  const damaged =
    !space.loaded.accepted || diagnostics.some(({ severity }) => severity === 'error');
  return damaged ? ExitCode.damaged : ExitCode.shown;
}
