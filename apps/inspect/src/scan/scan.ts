import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';

import { DescriptorError, formatDiagnostic, toBytes, type Diagnostic } from '@ploop/descriptor';
import { findDisks, type ConfineOptions } from '@ploop/descriptor/node';
import { checkDisk, type CheckDiskOptions, type DiskCheck } from '@ploop/offline';

import { worstFirst } from '../output/findings.ts';
import type { DiskRow } from './row.ts';

/** How to scan. */
export interface ScanOptions extends ConfineOptions {
  readonly deep: boolean;
  /** Whether to enter other file systems that are mounted below a directory. */
  readonly allFileSystems: boolean;
  /** Ends the scan, with what was found so far. */
  readonly signal: AbortSignal;
  /** Waited for: a reader that is slow slows the scan down. */
  readonly onRow: (row: DiskRow) => Promise<void>;
}

/** The disks that were found, and what could not be looked into. */
export interface ScanResult {
  readonly rows: readonly DiskRow[];
  readonly errors: readonly string[];
  /** Whether a place that was asked for is not there. */
  readonly isMissing: boolean;
}

/** Reads wait for the storage: more at a time than there are processors. */
const AT_A_TIME = 8;
const BLOCK = 512;

/** Checks every disk below directories, each once. */
export async function scanned(
  directories: readonly string[],
  options: ScanOptions,
): Promise<ScanResult> {
  const rows: DiskRow[] = [];
  const errors: string[] = [];
  let isMissing = false;
  const seen = new Set<string>();
  for (const directory of directories) {
    const isThere = await stat(directory).then(
      (stats) => stats.isDirectory(),
      () => false,
    );
    if (!isThere) {
      isMissing = true;
      errors.push(`${JSON.stringify(directory)} is not a directory, or is not there`);
      continue;
    }
    const found = findDisks(directory, {
      oneFileSystem: !options.allFileSystems,
      onError: (finding) => errors.push(formatDiagnostic(finding)),
    });
    // Each takes the next disk when it is done with one.
    const work = async (): Promise<void> => {
      for await (const path of shared(found)) {
        if (options.signal.aborted) return;
        if (seen.has(path)) continue;
        seen.add(path);
        const row = await rowOf(path, options);
        rows.push(row);
        await options.onRow(row);
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
  }
  return { rows, errors, isMissing };
}

/** An iteration that several take from: the end of one is not the end of it. */
async function* shared<Item>(
  items: AsyncGenerator<Item, void, undefined>,
): AsyncGenerator<Item, void, undefined> {
  for (;;) {
    const next = await items.next();
    if (next.done === true) return;
    yield next.value;
  }
}

async function rowOf(path: string, { deep, confine }: CheckDiskOptions): Promise<DiskRow> {
  try {
    const check = await checkDisk(path, { deep: deep === true, confine });
    return { ...judged(path, check.loaded.accepted, check.diagnostics), ...(await sizesOf(check)) };
  } catch (error) {
    if (!(error instanceof DescriptorError)) throw error;
    return { ...judged(path, false, error.diagnostics), ...NO_SIZES };
  }
}

const NO_SIZES = { fileBytes: 0, stored: 0, snapshots: 0 };

function judged(path: string, accepted: boolean, findings: readonly Diagnostic[]) {
  const count = (severity: Diagnostic['severity']): number =>
    findings.filter((finding) => finding.severity === severity).length;
  const serious = worstFirst(findings).filter(({ severity }) => severity !== 'info');
  const codes = [...new Set(serious.map(({ code }) => code))];
  return {
    ...{ host: hostname(), path, accepted },
    ...{ errors: count('error'), warnings: count('warning'), codes },
  };
}

async function sizesOf({ loaded, images }: DiskCheck) {
  const { descriptor, graph } = loaded;
  // Of a file that several shots have, once.
  const files = [...new Set(images.map(({ file }) => file))];
  const sizes = await Promise.all(files.map(sizeOf));
  const sum = (pick: (one: { bytes: number; stored: number }) => number): number =>
    sizes.reduce((total, one) => total + pick(one), 0);
  return {
    ...(descriptor && { size: toBytes(descriptor.size) }),
    fileBytes: sum(({ bytes }) => bytes),
    stored: sum(({ stored }) => stored),
    snapshots: graph === undefined ? 0 : graph.nodes.length - (graph.top === undefined ? 0 : 1),
  };
}

/** Nothing of a file that has gone meanwhile, which the next scan says. */
async function sizeOf(file: string): Promise<{ bytes: number; stored: number }> {
  try {
    const { size, blocks } = await stat(file);
    return { bytes: size, stored: blocks * BLOCK };
  } catch {
    return { bytes: 0, stored: 0 };
  }
}
