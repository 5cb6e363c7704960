import { DescriptorError, type Diagnostic, type Guid } from '@ploop/descriptor';
import {
  openSnapshot,
  serveNbd,
  type NbdServer,
  type OtherSnapshot,
  type ServeNbdOptions,
  type Snapshot,
} from '@ploop/offline';

import type { Report, Surroundings } from '../command.ts';
import { ExitCode, exitCodeOf } from '../exit-code.ts';
import type { ConfineRequest } from '../input/confine.ts';
import { load } from '../input/load.ts';
import { snapshotNamed } from '../input/snapshot.ts';
import { isSerious, reported } from '../output/answer.ts';
import { describe, toRecords } from '../output/findings.ts';
import { lines, toJson } from '../output/text.ts';

/** How snapshots are to be served. */
export interface NbdRequest extends ConfineRequest {
  /** As typed; the top where it is left out. */
  readonly snapshot?: string | undefined;
  readonly partition?: number | undefined;
  readonly socket?: string | undefined;
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  /** `memory`, or a file. */
  readonly overlay?: string | undefined;
  readonly ciphertext: boolean;
  readonly json: boolean;
}

/** Serves snapshots until the program is stopped. */
export async function runNbd(
  path: string,
  request: NbdRequest,
  surroundings: Surroundings,
): Promise<Report> {
  const findings: Diagnostic[] = [];
  let isServing = false;
  const signal = surroundings.stopSignal?.() ?? new AbortController().signal;
  try {
    const guid = await snapshotNamed(path, request.snapshot, request);
    const { ciphertext, confine } = request;
    const snapshot = await openSnapshot(path, guid, { ciphertext, confine });
    try {
      const server = await serveNbd(snapshot, {
        ...(await optionsFor(path, snapshot, request)),
        signal,
        onFinding: (finding) => {
          findings.push(finding);
          if (isServing) say(surroundings, request, [finding]);
        },
      });
      isServing = true;
      surroundings.stdout.write(announcement(path, request, snapshot, server, findings));
      say(surroundings, request, findings);
      await server.ended;
    } finally {
      await snapshot.close();
    }
    return { stdout: '', stderr: '', exitCode: exitCodeOf(findings) };
  } catch (error) {
    // Stopped before it was ready.
    if (signal.aborted && error === signal.reason)
      return { stdout: '', stderr: '', exitCode: ExitCode.fine };
    if (!(error instanceof DescriptorError)) throw error;
    return reported(path, request, () => Promise.reject(error));
  }
}

async function optionsFor(
  path: string,
  snapshot: Snapshot,
  { partition, socket, port, host, overlay, ciphertext, confine }: NbdRequest,
): Promise<ServeNbdOptions> {
  return {
    address:
      socket === undefined ? { port: port ?? 0, ...(host !== undefined && { host }) } : { socket },
    others: await othersOf(path, snapshot, { ciphertext, confine }),
    ...(partition !== undefined && { partition }),
    ...(overlay !== undefined && { overlay: overlay === 'memory' ? overlay : { file: overlay } }),
  };
}

/** The other snapshots of the disk, those inside a qcow2 image too. */
async function othersOf(
  path: string,
  { guid, inside }: Snapshot,
  options: ConfineRequest & { readonly ciphertext: boolean },
): Promise<readonly OtherSnapshot[]> {
  const { disk } = await load(path);
  const nodes = disk?.graph.nodes ?? [];
  const within = disk?.alone?.snapshots.map(({ id }) => id) ?? [];
  const names: readonly (Guid | string)[] = [...nodes.map((node) => node.guid), ...within];
  return names
    .filter((name) => name !== (inside ?? guid))
    .map((name) => ({ name, open: () => openSnapshot(path, name, options) }));
}

function announcement(
  path: string,
  { json }: NbdRequest,
  { accepted, guid }: Snapshot,
  { uri, port, exports }: NbdServer,
  findings: readonly Diagnostic[],
): string {
  if (!json) return lines([uri, ...exports.slice(1).map((one) => one.uri)]);
  const diagnostics = toRecords(findings);
  return lines([toJson({ path, accepted, diagnostics, guid, uri, port, exports })]);
}

/** Findings are printed when they are made: the end may be far away. */
function say({ stderr }: Surroundings, { json }: NbdRequest, found: readonly Diagnostic[]): void {
  const shown = json ? [] : found.filter(isSerious);
  if (shown.length > 0) stderr.write(lines(describe(shown)));
}
