import { compareVersions, isPloopError, type Release, type Runner } from '@ploop/runner';

import type { PreflightFinding } from './finding.ts';

/** Which driver a tool works with. */
export type Generation = 'block' | 'device-mapper';

/** The tool that a runner runs: whether it can be started, and which release it is. */
export async function checkTool(
  runner: Runner,
): Promise<{ readonly findings: readonly PreflightFinding[]; readonly generation?: Generation }> {
  const release = await runner.release();
  if (release !== undefined) {
    const { from, to } = release;
    const title = from === to ? from : `${from} to ${to ?? 'later'}`;
    const data = { from, to };
    return {
      findings: [{ code: 'TOOL', severity: 'info', message: `ploop, release ${title}`, data }],
      generation: generationOf(release),
    };
  }
  const reason = await startFailure(runner);
  if (reason === undefined)
    return {
      findings: [
        {
          code: 'TOOL_UNKNOWN',
          severity: 'warning',
          message: 'the tool is of no release that is known',
          data: {},
        },
      ],
    };
  return {
    findings: [
      {
        code: 'TOOL_MISSING',
        severity: 'error',
        message: reason,
        hint: 'Install the package ploop. Reading disks needs no tool.',
        data: { reason },
      },
    ],
  };
}

function generationOf({ from }: Release): Generation {
  return compareVersions(from, '8') >= 0 ? 'device-mapper' : 'block';
}

/** Why the tool does not start; `undefined` where it does. */
async function startFailure(runner: Runner): Promise<string | undefined> {
  try {
    await runner.snapshotList({ descriptor: '/nonexistent/DiskDescriptor.xml' });
  } catch (error) {
    if (isPloopError(error) && (error.code === 'SPAWN' || error.code === 'CONNECTION'))
      return error.message;
    if (!isPloopError(error)) throw error;
  }
  return undefined;
}
