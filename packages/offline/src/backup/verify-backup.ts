import { join } from 'node:path';

import {
  diagnostic,
  type Diagnostic,
  DescriptorError,
  type DiskDescriptor,
  parseDescriptor,
  parseGuid,
  sectors,
  toBytes,
} from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import {
  append,
  findingsIn,
  type ImageSource,
  rangeFaults,
  runAsync,
  storagesOf,
} from '@ploop/descriptor/internal';
import { type Confinement, type ConfineOptions } from '@ploop/descriptor/node';
import {
  confinementOf,
  type NamedFile,
  isGone,
  realPath,
  readable,
} from '@ploop/descriptor/node/internal';
import { openParts, type SourcePart } from '@ploop/image/internal';

import { OFFLINE } from '../arguments.ts';
import { createImageSet, type SetImage } from '../disk/image-set.ts';
import { openNamedImage } from '../disk/open-image.ts';
import { lossesOf } from '../export/snapshot-losses.ts';
import { sharedFindings, sizedChain } from '../snapshot/snapshot-findings.ts';
import { hashFile, type BackupFile, type BackupSet } from './backup-set.ts';
import { checkedSet } from './parse-backup-set.ts';

/** How to look at a backup. */
export interface VerifyBackupOptions extends ConfineOptions {
  readonly signal?: AbortSignal;
}

/** What is wrong with the files of a backup. */
interface Verdict {
  /** They are not those that were backed up, or do not make up the disk. */
  readonly faults: readonly Diagnostic[];
  /** What the disk had lost already. */
  readonly losses: readonly Diagnostic[];
}

/**
 * What is wrong with the files of a backup, in the directory they were copied to; nothing where it is complete. Sizes
 * always count, SHA-256 where the set has it; and the images must make up the disk. For a set that was made with `damaged`,
 * the losses from before the backup are returned, too. A symlink that leads out of the directory is not followed
 * (`DELTA_OUTSIDE`), unless `confine` allows it.
 *
 * @throws DescriptorError `BACKUP_INVALID` for a set that `parseBackupSet` refuses; `OPTION_INVALID`.
 */
export async function verifyBackup(
  directory: string,
  set: BackupSet,
  options: VerifyBackupOptions = {},
): Promise<readonly Diagnostic[]> {
  requireCall(OFFLINE.verifyBackup, [directory, set, options]);
  const { faults, losses } = await verdictOn(directory, set, options);
  return [...faults, ...losses];
}

/** {@link verifyBackup}, with what was lost before the backup apart, and the real path of the directory. */
export async function verdictOn(
  directory: string,
  given: BackupSet,
  { signal, confine }: VerifyBackupOptions,
): Promise<Verdict & { readonly directory: string }> {
  // JSON may have been passed on as a set without parsing.
  const set = checkedSet(given);
  const faults: Diagnostic[] = [];
  const real = await runAsync(readable(directory, realPath(directory)));
  const confinement = await runAsync(confinementOf(real, { confine }));
  for (const file of set.files) {
    signal?.throwIfAborted();
    append(faults, await verifyFile(namedIn(directory, file), file, confinement, signal));
  }
  if (faults.length > 0) return { faults, losses: [], directory: real };
  const stop = signal ?? new AbortController().signal;
  return { ...(await verifyChain(directory, set, confinement, stop)), directory: real };
}

function namedIn(directory: string, { guid, name }: BackupFile): NamedFile {
  return { guid, file: join(directory, name), directory };
}

async function verifyFile(
  named: NamedFile,
  { guid, bytes, sha256 }: BackupFile,
  confinement: Confinement,
  signal: AbortSignal | undefined,
): Promise<readonly Diagnostic[]> {
  const differs = (reason: string): readonly Diagnostic[] => [
    diagnostic('BACKUP_DIFFERS', { file: named.file, reason }),
  ];
  try {
    const source = await openNamedImage(named, confinement);
    try {
      const { bytes: there } = source;
      if (there !== bytes) return differs(`it has ${String(there)} bytes, not ${String(bytes)}`);
      if (sha256 === undefined || (await hashFile(source, signal)) === sha256) return [];
      return differs('its SHA-256 is another one');
    } finally {
      await source.close();
    }
  } catch (error) {
    const findings = findingsIn(error);
    const isMissing = error instanceof DescriptorError && isGone(error.cause);
    return isMissing ? [diagnostic('DELTA_MISSING', { guid, file: named.file })] : findings;
  }
}

async function verifyChain(
  directory: string,
  { files, descriptor: xml, size }: BackupSet,
  confinement: Confinement,
  signal: AbortSignal,
): Promise<Verdict> {
  const { descriptor } = parseDescriptor(xml);
  if (descriptor === undefined) throw new TypeError('a set that was checked has a descriptor');
  const { open, close } = createImageSet(files.length, confinement);
  const sources: SetImage[] = [];
  try {
    for (const file of files) sources.push(await open(namedIn(directory, file), false));
    const chain = await openParts(partsOf(descriptor, sources));
    const reason = `the disk has ${String(chain.size)} bytes, not ${String(size)}`;
    const sizeFaults =
      chain.size === size ? [] : [diagnostic('BACKUP_DIFFERS', { file: directory, reason })];
    const rawBase = descriptor.mode === 'raw';
    const stated = { rawBase, live: true, descriptor, volumes: [], parts: [] };
    const images = files.flatMap(({ guid: text, name }) => {
      const guid = parseGuid(text);
      return guid === undefined ? [] : [{ guid, path: join(directory, name) }];
    });
    const sized = await sizedChain(stated, chain, sources[0]);
    const disk = { ...sized, descriptor, images, directory, confinement };
    // An image that is written to would change the other one, too.
    const shared = sharedFindings({ images, diagnostics: [] }, sources);
    const faults = [...sizeFaults, ...shared];
    return { faults, losses: await lossesOf(disk, signal) };
  } catch (error) {
    return { faults: findingsIn(error), losses: [] };
  } finally {
    await close();
  }
}

/** The files are in the order of the descriptor. */
function partsOf(model: DiskDescriptor, sources: readonly ImageSource[]): readonly SourcePart[] {
  if (model.storages === undefined)
    return [{ start: toBytes(sectors(0)), sources, rawBase: model.mode === 'raw' }];
  const [fault, ...rest] = rangeFaults(model);
  if (fault !== undefined) throw new DescriptorError([fault, ...rest]);
  let next = 0;
  return storagesOf(model).map(({ start = sectors(0), end, mode, images }) => {
    const first = next;
    next += images.length;
    return {
      start: toBytes(start),
      ...(end !== undefined && { end: toBytes(end) }),
      sources: sources.slice(first, next),
      rawBase: mode === 'raw',
    };
  });
}
