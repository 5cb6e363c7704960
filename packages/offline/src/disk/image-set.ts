import type { BigIntStats } from 'node:fs';

import { runAsync } from '@ploop/descriptor/internal';
import type { Confinement } from '@ploop/descriptor/node';
import { type NamedFile, identityOf } from '@ploop/descriptor/node/internal';

import { createFilePool } from './file-pool.ts';
import { closeAsync, closedImage, openNamedImage, readerOf, type ImageFile } from './open-image.ts';
import { reopeningSource, seenImage } from './seen-image.ts';

/** Most images of a disk that are open at a time. */
export const MOST_OPEN = 32;

/** One of the images of a disk that are being read; they are closed together. */
export type SetImage = Omit<ImageFile, 'close'>;

/** The images of a disk that are being read. */
export interface ImageSet {
  /**
   * Opens an image for reading, and never for more.
   *
   * @param live - Whether a device may write to it.
   * @throws DescriptorError as {@link openNamedImage}. If there are more than {@link MOST_OPEN} images, it is opened when
   * it is read, and reading throws `IMAGE_CHANGED` besides.
   */
  readonly open: (named: NamedFile, live: boolean) => Promise<SetImage>;
  /** Closes all of them when the reads that have begun have settled. */
  readonly close: () => Promise<void>;
}

/** The images of a disk: all open as long as there are few of them, else those that were read last. */
export function createImageSet(count: number, confinement: Confinement): ImageSet {
  return count > MOST_OPEN ? pooledImages(confinement) : openImages(confinement);
}

function openImages(confinement: Confinement): ImageSet {
  const files: ImageFile[] = [];
  return {
    open: async (named) => {
      const file = await openNamedImage(named, confinement);
      files.push(file);
      return file;
    },
    close: async () => {
      await Promise.all(files.map((file) => file.close()));
    },
  };
}

function pooledImages(confinement: Confinement): ImageSet {
  const pool = createFilePool({ most: MOST_OPEN, close: closeAsync });
  return {
    open: async (named, live) => {
      const image = await runAsync(seenImage(named, { confinement, live }));
      const { use } = pool.add(
        () => runAsync(image.open()),
        () => closedImage(named.file),
      );
      const statusNow = (): Promise<BigIntStats> => runAsync(image.status());
      return {
        ...reopeningSource(image),
        readAt: (target, position) => use((fd) => readerOf(fd)(target, position)),
        identity: image.identity,
        statusNow,
        identityNow: async () => identityOf(await statusNow()),
      };
    },
    close: () => pool.close(),
  };
}
