import { realpath } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';

import type { Guid, ReleaseName } from '@ploop/descriptor';
import { randomGuid as anyGuid } from '@ploop/descriptor/internal';
import { compareVersions, memberOf } from '@ploop/descriptor/releases';

import type { Exec, ExecRequest } from '../exec/exec.ts';
import { createExclusive } from '../lock/exclusive.ts';
import { faultySteps, type Fault } from './faults.ts';
import { runHelper } from './helpers.ts';
import { runSimulated } from './run-simulated.ts';

/** How to simulate the tool. */
export interface SimulatedPloopOptions {
  /** The release that it behaves like, from 1.11 on. Default: `1.15`. */
  readonly release?: ReleaseName | undefined;
  /** Makes up the GUIDs of snapshots and in names of files. Default: random ones, as the tool does. */
  readonly randomGuid?: (() => Guid) | undefined;
}

/** A simulated `ploop`. */
export interface SimulatedPloop {
  /** Takes the place of `localExec`: `createRunner({ exec })`. */
  readonly exec: Exec;
  /** The arguments of every run of the tool so far, those by which the release is found out included. */
  readonly calls: readonly (readonly string[])[];
  /** Makes coming runs go wrong. Each fault is used up by the runs that it is for, in the order in which they were given. */
  readonly fail: (fault: Fault) => void;
}

const TOOL = 'ploop';

/**
 * The tool without the tool: runs on real files what `ploop` of a release does to disks that are not mounted, as far as
 * recordings of that release show it. The rest ends with exit code 70 and says so; nothing that is not simulated succeeds.
 * Runs on one disk take turns.
 *
 * @example
 * ```ts
 * const { exec } = createSimulatedPloop({ release: '9.0.30' });
 * const runner = createRunner({ exec });
 * ```
 */
export function createSimulatedPloop(options: SimulatedPloopOptions = {}): SimulatedPloop {
  const { release: name = '1.15', randomGuid = anyGuid } = options;
  const release = memberOf(name);
  const calls: (readonly string[])[] = [];
  const faults: { readonly fault: Fault; left: number }[] = [];
  const exclusively = createExclusive(directoryOf);
  const run = async (request: ExecRequest): ReturnType<Exec> => {
    if (basename(request.file) !== TOOL) return runHelper(request);
    calls.push(request.argv);
    const outcome = await runSimulated(request, {
      release,
      imageVersion: compareVersions(release, '8') < 0 ? 1 : 2,
      randomGuid,
      step: faultySteps(takeFault(faults, request.argv)),
      exclusively,
    });
    for (const stream of ['stdout', 'stderr'] as const)
      if (outcome[stream].text !== '')
        request.onOutput?.(stream, new TextEncoder().encode(outcome[stream].text));
    return { cancelled: false, timedOut: false, ...outcome };
  };
  return {
    exec: Object.assign(run, { isLocal: true }),
    calls,
    fail: (fault) => {
      faults.push({ fault, left: fault.times ?? 1 });
    },
  };
}

/** The directory of a disk, whatever its descriptor is called. */
async function directoryOf(descriptor: string): Promise<string> {
  const directory = dirname(resolve(descriptor));
  return realpath(directory).catch(() => directory);
}

function takeFault(
  faults: { readonly fault: Fault; left: number }[],
  argv: readonly string[],
): Fault | undefined {
  const found = faults.find(
    ({ fault, left }) => left > 0 && (fault.command === undefined || argv.includes(fault.command)),
  );
  if (found === undefined) return undefined;
  found.left -= 1;
  return found.fault;
}
