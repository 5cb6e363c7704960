import { basename, join } from 'node:path';

import { DESCRIPTOR_NAME } from '@ploop/descriptor/releases';

import type { GuardContext } from '../command.ts';
import { RefusedError } from '../errors/errors.ts';
import { namesIn } from './names-in.ts';
import { refuseUnfit } from './refuse-unfit.ts';
import { volumeFacts, type VolumeFacts } from './volume-facts.ts';

const IN_DIRECTORY = /^(?:\.\/)*[^/]+$/;

/**
 * Refuses to delete a volume with images that others need. The tool removes the whole directory, in which the images of
 * its snapshots lie as well, and exits with 0. What continues from it must be one volume, which takes its data over.
 *
 * @throws RefusedError `VOLUME_HOLDS_IMAGES`, `VOLUME_HAS_CHILDREN`, `RELEASE_UNFIT`, `PATH_INVALID`
 */
export async function refuseVolumeDelete(volume: string, context: GuardContext): Promise<void> {
  const facts = await volumeFacts(join(volume, DESCRIPTOR_NAME), context);
  if (facts === undefined) return;
  await refuseHeldImages(volume, facts, context);
  const { children, readOnly, files, raw, parent } = facts;
  const [child] = children;
  if (child === undefined) return;
  if (children.length > 1 || !readOnly || files.length !== 1 || files.some(isInside))
    throw new RefusedError(
      'VOLUME_HAS_CHILDREN',
      `${volume} cannot be merged into what continues from it: ${named(children)}`,
      'Delete the volumes that continue from it first. Only a snapshot from which one volume continues is merged into that.',
    );
  const release = await context.release();
  refuseUnfit(release, 'delete that merges');
  if (raw && parent === undefined) refuseUnfit(release, 'merge into a raw base');
}

/**
 * Refuses to switch a volume from which others continue, or to one that is not a snapshot: the tool takes the state of its
 * parent then, or fails.
 *
 * @throws RefusedError `VOLUME_HAS_CHILDREN`, `VOLUME_IS_WRITABLE`
 */
export async function refuseVolumeSwitch(
  { from, to }: { readonly from: string; readonly to: string },
  context: GuardContext,
): Promise<void> {
  const changed = await volumeFacts(join(from, DESCRIPTOR_NAME), context);
  if (changed !== undefined && (changed.readOnly || changed.children.length > 0))
    throw new RefusedError(
      'VOLUME_HAS_CHILDREN',
      `other volumes continue from ${from}: ${named(changed.children)}`,
      `Clone ${to} instead, or delete the volumes that continue from ${from} first.`,
    );
  const target = await volumeFacts(join(to, DESCRIPTOR_NAME), context);
  if (target !== undefined && !target.readOnly)
    throw new RefusedError(
      'VOLUME_IS_WRITABLE',
      `${to} is not a snapshot: the tool would continue from its parent, without what is written in it`,
      'Take a snapshot of it with `ploop volume snapshot`, and switch to that.',
    );
}

/**
 * Refuses a snapshot of a volume from which others continue: the state gets another GUID, by which they do not find it.
 *
 * @throws RefusedError `VOLUME_HAS_CHILDREN`, `RELEASE_UNFIT`
 */
export async function refuseVolumeSnapshot(source: string, context: GuardContext): Promise<void> {
  refuseUnfit(await context.release(), 'volume snapshot');
  const facts = await volumeFacts(join(source, DESCRIPTOR_NAME), context);
  if (facts === undefined) return;
  if (facts.readOnly || facts.children.length > 0)
    throw new RefusedError(
      'VOLUME_HAS_CHILDREN',
      `other volumes stand on ${source}, and would not find its state under a new GUID: ${named(facts.children)}`,
      'Clone it with `ploop volume clone`, and take a snapshot of the clone.',
    );
}

/** Images in the directory that its own descriptor does not name are those of other volumes, or belong to none. */
async function refuseHeldImages(
  volume: string,
  { files }: VolumeFacts,
  { ask }: GuardContext,
): Promise<void> {
  const own = new Set(files.filter(isInside).map((file) => basename(file)));
  const held = (await namesIn(volume, { ask }, '-p')).filter(
    (name) =>
      !name.endsWith('/') &&
      !name.startsWith('.') &&
      !name.startsWith(DESCRIPTOR_NAME) &&
      !own.has(name),
  );
  if (held.length > 0)
    throw new RefusedError(
      'VOLUME_HOLDS_IMAGES',
      `${volume} holds files that its descriptor does not name, as images of its snapshots are: ${named(held)}`,
      'Delete the snapshot volumes whose images they are first, which merges them into this one. Move away what belongs to no volume.',
    );
}

function isInside(file: string): boolean {
  return IN_DIRECTORY.test(file);
}

function named(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(', ') || 'it is a snapshot';
}
