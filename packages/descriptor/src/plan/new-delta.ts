import { parseGuid, TOP_GUID, type Guid } from '../guid.ts';
import type { DiskDescriptor } from '../model.ts';
import { withNode } from './edit.ts';

/** A random GUID, in lower case as the tool makes them. */
export function randomGuid(): Guid {
  const guid = parseGuid(`{${crypto.randomUUID()}}`);
  if (guid === undefined) throw new TypeError('crypto.randomUUID makes no GUIDs');
  return guid;
}

/** The name of a new delta: that of the first image in the list, whatever its place in the graph, and a GUID. */
export function newDeltaFile(first: string, fileGuid: Guid): string {
  return `${first}.${fileGuid}`;
}

/** A descriptor with a new, empty top in the given file. */
export function withNewTop(
  descriptor: DiskDescriptor,
  parentGuid: Guid,
  file: string,
  guid: Guid = TOP_GUID,
): DiskDescriptor {
  const type = descriptor.mode === 'raw' ? 'Plain' : 'Compressed';
  const image = { guid, type, file } as const;
  const shot = { guid, parentGuid, temporary: false };
  return { ...withNode(descriptor, image, shot), topGuid: guid };
}
