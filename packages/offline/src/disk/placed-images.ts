import {
  isRawBase,
  type SnapshotNode,
  guidKey,
  type DiskDescriptor,
  type Image,
  type StoragePart,
  type Release,
  resolveFile,
  sectors,
} from '@ploop/descriptor';
import { isOwn, imagesByGuid, storagesOf } from '@ploop/descriptor/internal';
import type { StatedDisk } from '@ploop/image';

import type { LoadedDisk } from './load-disk.ts';
import type { LoadedVolume } from './load-volumes.ts';

/** An image of a disk, where it is and what its place makes of it. */
export interface PlacedImage {
  readonly image: Image;
  readonly guid: string;
  /** Absolute path. */
  readonly file: string;
  /** Every path that some release of the tool makes of the name. */
  readonly spellings: readonly string[];
  /** Real path of the directory of the descriptor that names it. */
  readonly directory: string;
  /** Whether it is a bare disk, whatever it begins with. */
  readonly rawBase: boolean;
  /** Its shot; absent where no shot, or another image of that GUID before it, has it. */
  readonly node: SnapshotNode | undefined;
  /** Which `Storage` of the descriptor it is in, from 1. */
  readonly storage: number;
  /** What the descriptor says of its images: of a split disk, of those of this part. */
  readonly stated: StatedDisk;
  /** The descriptor that it is written in: that of the disk, or of a parent volume. */
  readonly owner: DiskDescriptor;
  /** Absent where it is the disk's own. */
  readonly volume: LoadedVolume | undefined;
}

/**
 * The images of a disk in the order of its descriptor, of every `Storage`, then those of its parent volumes, the nearest first; none where
 * the descriptor cannot be read. `release`: by whose rules the disk's own names are resolved; 1.15 by default, and 9 for
 * a volume.
 */
export function placedImages(
  { descriptor, graph, directory, parents, alone }: LoadedDisk,
  release: Release | undefined = parents === undefined ? undefined : '9',
): readonly PlacedImage[] {
  if (descriptor === undefined || graph === undefined) return [];
  const own = descriptor.images.filter(isOwn).length;
  const volumes = (parents ?? []).flatMap((volume) =>
    (volume.descriptor?.images ?? []).map(() => volume),
  );
  return storagesOf(descriptor).flatMap((storage, place) => {
    const byGuid = imagesByGuid(storage.images);
    return storage.images.map((image, index): PlacedImage => {
      const volume = index < own ? undefined : volumes[index - own];
      const owner = volume?.descriptor ?? descriptor;
      // Of images with the same GUID the first is that of the shot.
      const isFirst = byGuid.get(guidKey(image.guid)) === image;
      const node = isFirst ? graph.node(image.guid) : undefined;
      const whole = alone === undefined ? owner : ({ ...owner, anyFormat: true } as const);
      const stated = descriptor.storages === undefined ? whole : statedPart(storage);
      const rawBase = node !== undefined && isRawBase(stated, node);
      const file = resolveFile(directory, image.file, release);
      const spellings = spellingsOf(directory, image.file, file);
      const named = {
        guid: image.guid,
        file,
        spellings,
        directory: volume?.directory ?? directory,
      };
      return { image, ...named, rawBase, node, storage: place + 1, stated, owner, volume };
    });
  });
}

function statedPart({ mode, blockSize, start, end }: StoragePart): StatedDisk {
  return { mode, blockSize, size: sectors((end ?? 0) - (start ?? 0)), isPart: true };
}

/** The families of releases that resolve names differently. */
const RESOLVERS: readonly Release[] = ['1.15', '9'];

function spellingsOf(directory: string, name: string, file: string): readonly string[] {
  const paths = RESOLVERS.map((release) => resolveFile(directory, name, release));
  return [...new Set([file, ...paths])];
}
