import type { DiskFile } from '@ploop/offline';

import { padding } from './header.ts';

/** A sparse file has at least as many bytes of holes. */
const LEAST_HOLES = 4096;
/** A map is held in memory. */
const MOST_PARTS = 65_536;
const CHUNK = 1 << 20;

interface Part {
  readonly position: number;
  readonly length: number;
}

/** What an archive stores of a file. */
export interface StoredContent {
  /** In bytes, the map of a sparse file included. */
  readonly size: number;
  readonly map: Uint8Array;
  readonly isSparse: boolean;
  readonly parts: readonly Part[];
}

/**
 * What to store of a file: what is not a hole.
 *
 * @throws DescriptorError if the list of its blocks cannot be read.
 */
export async function storedContent(file: DiskFile): Promise<StoredContent> {
  const parts: Part[] = [];
  for await (const { position, length, type } of file.extents()) {
    if (type === 'hole' || type === 'unwritten') continue;
    const last = parts.at(-1);
    const isJoined = last !== undefined && last.position + last.length === position;
    if (last !== undefined && (isJoined || parts.length >= MOST_PARTS)) {
      parts[parts.length - 1] = { ...last, length: position + length - last.position };
    } else parts.push({ position, length });
  }
  const data = parts.reduce((sum, { length }) => sum + length, 0);
  if (file.size - data < LEAST_HOLES) {
    const all = file.size === 0 ? [] : [{ position: 0, length: file.size }];
    return { size: file.size, map: new Uint8Array(), isSparse: false, parts: all };
  }
  const map = mapOf(parts, file.size);
  return { size: map.length + data, map, isSparse: true, parts };
}

/** The map of a sparse file in format 1.0 of GNU tar. A hole at the end is an empty part. */
function mapOf(parts: readonly Part[], size: number): Uint8Array {
  const last = parts.at(-1);
  const endsInHole = last === undefined || last.position + last.length < size;
  const all = endsInHole ? [...parts, { position: size, length: 0 }] : parts;
  const numbers = [all.length, ...all.flatMap(({ position, length }) => [position, length])];
  const text = Buffer.from(numbers.map((number) => `${String(number)}\n`).join(''));
  return Buffer.concat([text, padding(text.length)]);
}

/** The bytes of a file that are stored, in order. */
export async function* storedBytes(
  file: DiskFile,
  { parts }: StoredContent,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const { position, length } of parts)
    for (let at = 0; at < length; at += CHUNK)
      yield await file.read(position + at, Math.min(CHUNK, length - at));
}
