import {
  buildGraph,
  diagnostic,
  DescriptorError,
  imageList,
  parseDescriptor,
  parseGuid,
  type DiskDescriptor,
  type Image,
} from '@ploop/descriptor';
import { aPath } from '@ploop/descriptor/arguments';
import { isWhole, partImages, storagesOf } from '@ploop/descriptor/internal';

import type { BackupFile, BackupSet } from './backup-set.ts';
import { isReserved, nameKey } from './names.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A backup set of the JSON that was made of it. It can come from anywhere: names that lead out of the directory of the
 * backup, and a descriptor that names other files, are refused.
 *
 * @throws DescriptorError with code `BACKUP_INVALID`.
 */
export function parseBackupSet(json: string): BackupSet {
  return checkedSet(parse(json));
}

/**
 * {@link parseBackupSet} of a set that a caller made, or read without that.
 *
 * @throws DescriptorError with code `BACKUP_INVALID`.
 */
export function checkedSet(value: unknown): BackupSet {
  if (!isFields(value)) throw invalid('it is not a JSON object');
  const { format, version, guid, size, files, descriptor } = value;
  if (format !== 'ploop-backup' || version !== 1)
    throw invalid('it is not a backup set of version 1');
  if (!isGuid(guid)) throw invalid('its `guid` is not a GUID');
  if (!isCount(size)) throw invalid('its `size` is not a size');
  if (!Array.isArray(files) || files.length === 0) throw invalid('it has no files');
  const list = files.map((file, index) => fileOf(file, index));
  const twice = doubled(list);
  if (twice !== undefined)
    throw invalid(
      `two files have the name ${JSON.stringify(twice)}, or are one on some file systems`,
    );
  if (typeof descriptor !== 'string') throw invalid('it has no descriptor');
  const parsed = parseDescriptor(descriptor);
  const names = list.map(({ name }) => name);
  if (parsed.descriptor === undefined || !isWhole(parsed) || !isChainOf(parsed.descriptor, names))
    throw invalid('its descriptor is not one of its files');
  return { format, version, guid, size, files: list, descriptor };
}

/** Whether a descriptor is that of one chain of the files, in their order, and of nothing else. */
function isChainOf(descriptor: DiskDescriptor, names: readonly string[]): boolean {
  const { topGuid, shots, volume } = descriptor;
  if (topGuid === undefined || volume !== undefined) return false;
  const graph = buildGraph(descriptor);
  const { images, diagnostics } = imageList(graph, topGuid);
  const isAll = diagnostics.length === 0 && images.length === shots.length;
  const parts = storagesOf(descriptor);
  const chain = graph.chain(topGuid);
  const placed = parts.flatMap((part) => partImages(part, chain).images);
  const named = parts.flatMap((part) => part.images);
  const isSame = (list: readonly Image[]): boolean =>
    JSON.stringify(list.map(({ file }) => file)) === JSON.stringify(names);
  return isAll && isSame(placed) && isSame(named);
}

/** The name of a file that another one has as well, or one that some file systems take for the same. */
function doubled(files: readonly BackupFile[]): string | undefined {
  const taken = new Set<string>();
  for (const { name } of files) {
    if (taken.has(nameKey(name))) return name;
    taken.add(nameKey(name));
  }
  return undefined;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw invalid('it is not a JSON object', { cause });
  }
}

function fileOf(value: unknown, index: number): BackupFile {
  const wrong = (what: string): DescriptorError =>
    invalid(`${what} of file ${String(index)} is not valid`);
  if (!isFields(value)) throw wrong('the record');
  const { guid, source, name, bytes, modified, sha256 } = value;
  if (!isGuid(guid)) throw wrong('the GUID');
  if (typeof source !== 'string' || !aPath.fits(source)) throw wrong('the source');
  if (!isName(name)) throw wrong('the name');
  if (!isCount(bytes)) throw wrong('the size');
  if (typeof modified !== 'string' || !/^\d{1,30}$/.test(modified)) throw wrong('the time');
  const file = { guid, source, name, bytes, modified };
  if (sha256 === undefined) return file;
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) throw wrong('the SHA-256');
  return { ...file, sha256 };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isGuid(value: unknown): value is string {
  return typeof value === 'string' && parseGuid(value) !== undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** A name within a directory, and not one that is written there besides. */
function isName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    aPath.fits(value) &&
    !value.includes('/') &&
    !['.', '..'].includes(value) &&
    !isReserved(value)
  );
}

function invalid(reason: string, options?: ErrorOptions): DescriptorError {
  return new DescriptorError([diagnostic('BACKUP_INVALID', { reason })], options);
}
