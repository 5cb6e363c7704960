import {
  DescriptorError,
  guidKey,
  resolveFile,
  sameGuid,
  type Diagnostic,
  type DiskDescriptor,
} from '@ploop/descriptor';
import { storagesOf } from '@ploop/descriptor/internal';
import type { Confinement } from '@ploop/descriptor/node';
import type { NamedFile } from '@ploop/descriptor/node/internal';
import { describeImage, type ImageCheck } from '@ploop/image';

import { openNamedImage } from '../disk/open-image.ts';
import { interruptedMerge, type OpenTable } from './interrupted-merge.ts';

/** A descriptor, where its names start, and what of the machine may be opened. */
export interface DescribedDisk {
  readonly descriptor: DiskDescriptor;
  readonly directory: string;
  readonly confinement: Confinement;
  readonly signal?: AbortSignal | undefined;
}

const EMPTIED: ReadonlySet<string> = new Set(['BAT_LOST', 'BAT_PARTLY_LOST']);

/**
 * A check of an image with the cause of a table of zeros in the place of `BAT_LOST`, if the images above show it.
 * A reverse merge takes out of one table what the other image has: all of it, if that has everything.
 */
export async function withLostCause(
  check: ImageCheck,
  named: NamedFile,
  disk: DescribedDisk,
): Promise<ImageCheck> {
  const { diagnostics, description } = check;
  if (!diagnostics.some(({ code }) => EMPTIED.has(code))) return check;
  if (isBeingEmptied(disk.descriptor))
    return { ...check, diagnostics: diagnostics.filter(({ code }) => !EMPTIED.has(code)) };
  const layout = description.format === 'ploop' ? description.layout : undefined;
  if (layout === undefined || !diagnostics.some(({ code }) => code === 'BAT_LOST')) return check;
  const source = await openNamedImage(named, disk.confinement);
  try {
    const merge = await mergeInto({ source, layout }, named.guid, disk);
    if (merge === undefined) return check;
    const explained = diagnostics.map((finding) => (finding.code === 'BAT_LOST' ? merge : finding));
    return { ...check, diagnostics: explained };
  } finally {
    await source.close();
  }
}

/** Whether a reverse merge was interrupted, which empties a table. */
export function isBeingEmptied({ shots }: DiskDescriptor): boolean {
  return shots.some(({ reverseMerge }) => reverseMerge !== undefined);
}

/** The finding about a merge into an image with a table of zeros, if one was interrupted. */
export async function mergeInto(
  lower: OpenTable,
  guid: string,
  { descriptor, directory, confinement, signal }: DescribedDisk,
): Promise<Diagnostic | undefined> {
  for (const file of filesAbove(descriptor, directory, guid, lower.source.file)) {
    const named = { guid, file, directory };
    const merge = await withTable(named, confinement, (upper) =>
      interruptedMerge(lower, upper, signal),
    );
    if (merge !== undefined) return merge;
  }
  return undefined;
}

/** The images of the shots on a shot, in the same part of a split disk. */
function filesAbove(
  descriptor: DiskDescriptor,
  directory: string,
  guid: string,
  below: string,
): readonly string[] {
  const above = descriptor.shots.filter(({ parentGuid }) => sameGuid(parentGuid, guid));
  const guids = new Set(above.map((shot) => guidKey(shot.guid)));
  const storages = storagesOf(descriptor).map(({ images }) =>
    images.map((image) => ({ guid: image.guid, file: resolveFile(directory, image.file) })),
  );
  const [own = storages.flat()] = storages.filter((images) =>
    images.some(({ file }) => file === below),
  );
  return own.filter((image) => guids.has(guidKey(image.guid))).map(({ file }) => file);
}

async function withTable(
  named: NamedFile,
  confinement: Confinement,
  look: (table: OpenTable) => Promise<Diagnostic | undefined>,
): Promise<Diagnostic | undefined> {
  try {
    const source = await openNamedImage(named, confinement);
    try {
      const { description } = await describeImage(source);
      const layout = description.format === 'ploop' ? description.layout : undefined;
      return layout === undefined ? undefined : await look({ source, layout });
    } finally {
      await source.close();
    }
  } catch (error) {
    // An image that cannot be read shows nothing, and has a finding of its own.
    if (error instanceof DescriptorError && error.code !== 'TOO_MANY_OPEN_FILES') return undefined;
    throw error;
  }
}
