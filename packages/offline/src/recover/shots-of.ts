import { createHash } from 'node:crypto';
import { basename } from 'node:path';

import {
  guidKey,
  NIL_GUID,
  parseGuid,
  TOP_GUID,
  type DiskDescriptor,
  type Guid,
} from '@ploop/descriptor';
import type { FileLook } from '@ploop/descriptor/node/internal';

import type { LostImage } from './lost-image.ts';
import type { Forest } from './place-images.ts';

/** Geometry that the tool writes; nothing reads it. */
const [HEADS, SECTORS_PER_TRACK] = [16, 32];

/** The GUIDs of snapshots by the names of their images, as other descriptors of the directory state them. */
export function guidsOfCopies(copies: readonly FileLook[]): ReadonlyMap<string, Guid> {
  return new Map(
    copies.flatMap(({ descriptor }) =>
      (descriptor?.images ?? []).flatMap(({ guid, file }) => {
        const parsed = parseGuid(guid);
        return parsed === undefined || guidKey(guid) === TOP_GUID
          ? []
          : [[basename(file), parsed] as const];
      }),
    ),
  );
}

/**
 * The descriptor of a forest. The top has the GUID that the tool gives it. Any other snapshot has the GUID that another
 * descriptor states, else that in the name of its file, else one that is made from the name.
 */
export function descriptorOf(
  forest: Forest,
  top: LostImage,
  known: ReadonlyMap<string, Guid>,
): DiskDescriptor {
  const images = [...forest.keys()];
  const guids = new Map(images.map((image) => [image, guidOf(image, top, known)]));
  const isRaw = images.some((image) => image.isRaw);
  return {
    root: 'Parallels_disk_image',
    size: top.size,
    blockSize: top.blockSize,
    mode: isRaw ? 'raw' : 'expanded',
    geometry: { cylinders: Math.ceil(top.size / (HEADS * SECTORS_PER_TRACK)), heads: HEADS },
    topGuid: TOP_GUID,
    images: images.map((image) => ({
      guid: guids.get(image) ?? TOP_GUID,
      type: isRaw ? 'Plain' : 'Compressed',
      file: image.name,
    })),
    shots: images.map((image) => {
      const parent = forest.get(image);
      return {
        guid: guids.get(image) ?? TOP_GUID,
        parentGuid: (parent && guids.get(parent)) ?? NIL_GUID,
        temporary: false,
      };
    }),
  };
}

function guidOf(image: LostImage, top: LostImage, known: ReadonlyMap<string, Guid>): Guid {
  if (image === top) return TOP_GUID;
  const named = image.guid === undefined ? undefined : parseGuid(image.guid);
  const stated = known.get(image.name) ?? named;
  return stated === undefined || stated === TOP_GUID ? madeFrom(image.name) : stated;
}

/** A GUID of version 8: the same name has the same one. */
function madeFrom(name: string): Guid {
  const hex = createHash('sha256').update(name).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
  ];
  return parseGuid(`{${[...parts, hex.slice(20, 32)].join('-')}}`) ?? TOP_GUID;
}
