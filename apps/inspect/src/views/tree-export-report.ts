import { join } from 'node:path';

import { DescriptorError, printable, type Diagnostic } from '@ploop/descriptor';
import { exportTree, type TreeResult } from '@ploop/offline';
import prettyBytes from 'pretty-bytes';

import type { Report, Surroundings } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import type { ConfineRequest } from '../input/confine.ts';
import { describe, distinct, toRecords } from '../output/findings.ts';
import { interrupted } from '../output/interrupted.ts';
import { progressBar } from '../output/progress-bar.ts';
import { lines, toJson } from '../output/text.ts';
import { isWorse } from './export-report.ts';

/** How the export of all snapshots was asked for. */
interface TreeRequest extends ConfineRequest {
  /** The directory. */
  readonly tree: string;
  /** Write encrypted content as it is stored. */
  readonly ciphertext: boolean;
  readonly sparse: boolean;
  readonly verify: boolean;
  readonly hash: boolean;
  readonly salvage: boolean;
  readonly json: boolean;
}

/** Exports all snapshots of a disk and says how that went. */
export async function runTreeExport(
  path: string,
  request: TreeRequest,
  { stderr, stopSignal }: Surroundings,
): Promise<Report> {
  const { tree, json, ...options } = request;
  const signal = stopSignal?.();
  const bar = progressBar(stderr);
  const { ciphertext, sparse, verify, hash, salvage, confine } = options;
  try {
    const result = await exportTree(path, tree, {
      ...{ ciphertext, sparse, verify, hash, salvage, confine },
      ...(signal && { signal }),
      progress: ({ position, size, index, count }) => {
        bar.show(index * size + position, count * size);
      },
    });
    const findings = distinct(result.snapshots.flatMap(({ diagnostics }) => diagnostics ?? []));
    const isFine = !findings.some((finding) => isWorse(finding, request));
    bar.end();
    return report(path, request, findings, isFine ? ExitCode.fine : ExitCode.found, result);
  } catch (error) {
    const stopped = interrupted(error, signal, 'interrupted; nothing is left of the directory');
    if (stopped !== undefined) return stopped;
    if (!(error instanceof DescriptorError)) throw error;
    return report(path, { tree, json }, error.diagnostics, ExitCode.cannot);
  } finally {
    bar.end();
  }
}

function report(
  path: string,
  { tree, json }: Pick<TreeRequest, 'tree' | 'json'>,
  findings: readonly Diagnostic[],
  exitCode: ExitCode,
  result?: TreeResult,
): Report {
  if (json) {
    const snapshots = result?.snapshots.map(({ diagnostics, ...snapshot }) => ({
      ...snapshot,
      diagnostics: toRecords(diagnostics ?? []),
    }));
    const made = result && { tree, snapshots, documents: result.documents };
    const value = { path, diagnostics: toRecords(findings), ...made };
    return { stdout: lines([toJson(value)]), stderr: '', exitCode };
  }
  const stderr = lines(describe(findings));
  const said = result === undefined ? [] : summary(tree, result);
  return { stdout: lines(said), stderr, exitCode, isSummary: true };
}

function summary(tree: string, { snapshots, documents }: TreeResult): readonly string[] {
  const bytes = (count: number): string => prettyBytes(count, { binary: true });
  const exported = snapshots.map(
    ({ guid, inside, file, backing, size, data, top, sha256, verified }) => {
      const notes = [
        ...(top === undefined ? [] : ['what the disk holds now']),
        ...(sha256 === undefined ? [] : [`SHA-256 ${sha256}`]),
        ...(verified === undefined ? [] : ['verified']),
      ];
      const name = inside === undefined ? guid : `${inside} inside ${guid}`;
      const based = backing === undefined ? '' : `, based on ${backing}`;
      const noted = notes.length === 0 ? '' : `; ${notes.join(', ')}`;
      return printable(
        `exported ${name} to ${join(tree, file)}${based}: ${bytes(size)}, ${bytes(data)} of data written${noted}`,
      );
    },
  );
  const known = documents.map((file) => printable(`for libvirt: ${join(tree, file)}`));
  return [...exported, ...known];
}
