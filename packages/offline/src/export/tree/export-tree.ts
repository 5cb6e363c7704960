import { open } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

import { diagnostic, DescriptorError, type Guid } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';

import { OFFLINE } from '../../arguments.ts';
import type { SnapshotOptions } from '../../disk/snapshot-files.ts';
import { openSnapshot, type Snapshot } from '../../snapshot/open-snapshot.ts';
import type { ExportProgress } from '../copy.ts';
import type { ExportOptions, ExportResult } from '../export-options.ts';
import { exportOver } from '../export-snapshot.ts';
import { unwritable } from '../sink.ts';
import { belowOf } from './below.ts';
import { snapshotDocuments, type DatedState } from './libvirt.ts';
import { treeDirectory } from './tree-directory.ts';
import { treeStates, type TreeState } from './tree-states.ts';

/** How to export all snapshots of a disk. */
export interface TreeOptions
  extends
    SnapshotOptions,
    Pick<
      ExportOptions,
      'sparse' | 'hash' | 'verify' | 'ciphertext' | 'sync' | 'threads' | 'salvage' | 'signal'
    > {
  /** Called for each piece that is written. An exception that it throws stops the export, as `signal` does. */
  readonly progress?: (progress: TreeProgress) => void;
}

/** How far the export of a tree has come. */
export interface TreeProgress extends ExportProgress {
  /** Which snapshot is written: 0 for the first. */
  readonly index: number;
  /** Snapshots of the disk. */
  readonly count: number;
}

/** What was exported. */
export interface TreeResult {
  /** Parents first. */
  readonly snapshots: readonly TreeSnapshot[];
  /** Names of the files for `virsh snapshot-create --redefine`, in the order in which libvirt takes them. */
  readonly documents: readonly string[];
}

/** A snapshot that became a file. `diagnostics` has what was found when it was opened, too. */
export interface TreeSnapshot extends ExportResult {
  /** Its GUID; that of the image for a snapshot inside it. */
  readonly guid: Guid;
  /** The ID of a snapshot inside a qcow2 image. */
  readonly inside?: string;
  /** Name of the file in the directory. */
  readonly file: string;
  /** Name of the file that it is based on. */
  readonly backing?: string;
  /** Present for what the disk holds now. */
  readonly top?: true;
}

/**
 * Writes every snapshot of a disk as a qcow2 image whose backing file is that of its parent, and beside them what libvirt has
 * to know of them. A file stores what its parent does not have; with its backing files it reads as the snapshot does.
 *
 * The directory is there in whole or not at all: it is made as `DIRECTORY.part` and renamed when it is complete. An
 * export that fails removes its files; the next one removes those of an export that was killed.
 *
 * @param path - The disk: its descriptor, the directory that holds it, or an image without a descriptor.
 * @param directory - A directory that does not exist.
 * @throws DescriptorError as {@link openSnapshot} and {@link exportSnapshot} do; `FILE_UNWRITABLE` if the directory exists.
 */
export async function exportTree(
  path: string,
  directory: string,
  options: TreeOptions = {},
): Promise<TreeResult> {
  requireCall(OFFLINE.exportTree, [path, directory, options]);
  const { sync = true, signal, release, confine, ciphertext, progress, ...how } = options;
  signal?.throwIfAborted();
  const limits = {
    ...(release !== undefined && { release }),
    ...(confine !== undefined && { confine }),
  };
  const states = await treeStates(path, limits);
  const tree = await treeDirectory(directory, sync).catch((cause: unknown) => {
    throw unwritable(directory, cause);
  });
  const openState = ({ name }: TreeState): Promise<Snapshot> =>
    openSnapshot(path, name, { ...limits, ...(ciphertext !== undefined && { ciphertext }) });
  const snapshots: TreeSnapshot[] = [];
  const dated: DatedState[] = [];
  try {
    for (const [index, state] of states.entries()) {
      const snapshot = await openState(state);
      const parent = state.parent && (await openState(state.parent).catch(closing(snapshot)));
      try {
        const below = parent && belowOf(snapshot, parent, how.salvage === true);
        const over = below && { below, name: state.parent.file, format: 'qcow2' };
        const result = await exportOver(snapshot, join(tree.part, state.file), over, {
          ...{ ...how, sync, format: 'qcow2' },
          ...(signal && { signal }),
          progress: (reached) => progress?.({ ...reached, index, count: states.length }),
        });
        snapshots.push(entryOf(state, snapshot, placed(result, resolve(directory))));
        dated.push({ state, seconds: secondsOf(snapshot) });
      } finally {
        await parent?.close();
        await snapshot.close();
      }
    }
    const documents = snapshotDocuments(dated, resolve(directory));
    for (const { file, text } of documents) await writeText(join(tree.part, file), text, sync);
    await tree.finish();
    return { snapshots, documents: documents.map(({ file }) => file) };
  } catch (cause) {
    await tree.abandon().catch(() => undefined);
    if (signal?.aborted === true && cause === signal.reason) throw cause;
    throw withoutRemains(unwritable(directory, cause));
  }
}

function entryOf(state: TreeState, snapshot: Snapshot, result: ExportResult): TreeSnapshot {
  const found = result.diagnostics ?? [];
  const codes = new Set(found.map(({ code }) => code));
  const diagnostics = [...snapshot.diagnostics.filter(({ code }) => !codes.has(code)), ...found];
  return {
    guid: snapshot.guid,
    ...(snapshot.inside !== undefined && { inside: snapshot.inside }),
    file: state.file,
    ...(state.parent && { backing: state.parent.file }),
    ...(state.top && { top: true }),
    ...result,
    ...(diagnostics.length > 0 && { diagnostics }),
  };
}

/** The same with the paths that its files get at the end. */
function placed(result: ExportResult, directory: string): ExportResult {
  const { lostFile, diagnostics } = result;
  const pathOf = (file: string): string => join(directory, basename(file));
  return {
    ...result,
    ...(lostFile !== undefined && { lostFile: pathOf(lostFile) }),
    ...(diagnostics && {
      diagnostics: diagnostics.map((finding) => {
        if (finding.code !== 'EXPORT_LOST') return finding;
        const { file, lostFile: list } = finding.data;
        const paths = { file: pathOf(file), ...(list !== undefined && { lostFile: pathOf(list) }) };
        return diagnostic('EXPORT_LOST', { ...finding.data, ...paths });
      }),
    }),
  };
}

function closing(snapshot: Snapshot): (error: unknown) => Promise<never> {
  return async (error) => {
    await snapshot.close();
    throw error;
  };
}

/** When the image of a snapshot was written to last, which is never before the snapshot was frozen. */
function secondsOf({ images }: Snapshot): number {
  const nanoseconds = images.at(-1)?.identity.mtimeNs ?? 0n;
  return Number(nanoseconds / 1_000_000_000n);
}

async function writeText(path: string, text: string, sync: boolean): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    if (sync) await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Findings about an unfinished file do not apply: it is removed. */
function withoutRemains(error: DescriptorError): DescriptorError {
  const [first, ...others] = error.diagnostics;
  if (first === undefined) return error;
  const kept = others.filter(({ code }) => code !== 'EXPORT_UNFINISHED');
  return new DescriptorError([first, ...kept], { cause: error.cause });
}
