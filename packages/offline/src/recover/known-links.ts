import { basename } from 'node:path';

import { guidKey, NIL_GUID } from '@ploop/descriptor';
import type { SavedSnapshot } from '@ploop/descriptor/containers';
import type { DescriptorLook, FileLook } from '@ploop/descriptor/node/internal';

import type { LostImage } from './lost-image.ts';

/** A parent that a document states. */
export interface KnownLink {
  readonly image: string;
  /** Name of the parent; `undefined` for a base. */
  readonly parent: string | undefined;
  /** Name of the document. */
  readonly by: string;
}

/** The parents that other descriptors of the directory state. */
export function linksOfCopies(copies: readonly FileLook[]): readonly KnownLink[] {
  return copies.flatMap(({ file, descriptor }) =>
    descriptor === undefined ? [] : linksIn(descriptor, basename(file)),
  );
}

function linksIn({ graph }: DescriptorLook, by: string): readonly KnownLink[] {
  return graph.nodes.flatMap(({ image, parentGuid }) => {
    const parent = graph.node(parentGuid)?.image;
    if (image === undefined) return [];
    if (parent === undefined && guidKey(parentGuid) !== NIL_GUID) return [];
    return [{ image: basename(image.file), parent: parent && basename(parent.file), by }];
  });
}

/** The parents that the list of a container states, of images whose names have the GUID of their snapshot. */
export function linksOfList(
  list: readonly SavedSnapshot[],
  images: readonly LostImage[],
): readonly KnownLink[] {
  const byGuid = new Map(
    images.flatMap(({ guid, name }) => (guid === undefined ? [] : [[guid, name] as const])),
  );
  return list.flatMap(({ guid, parentGuid }) => {
    const image = byGuid.get(guidKey(guid));
    const parent = parentGuid && byGuid.get(guidKey(parentGuid));
    return image === undefined || parent === undefined
      ? []
      : [{ image, parent, by: 'Snapshots.xml' }];
  });
}
