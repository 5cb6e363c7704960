import { readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import {
  NIL_GUID,
  parseDescriptor,
  sameGuid,
  serializeDescriptor,
  type DiskDescriptor,
  type Image,
} from '@ploop/descriptor';
import type { Version } from '@ploop/descriptor/releases';

import { ExitCode } from '../errors/exit-codes.ts';
import { holds } from './facts.ts';
import type { Call } from './simulation.ts';
import { ToolExit } from './tool-exit.ts';

/** A disk as one run of the tool has it open. */
export interface SimulatedDisk {
  readonly descriptorPath: string;
  /** Real directory of the descriptor. */
  readonly directory: string;
  readonly descriptor: DiskDescriptor;
  /** The path of an image by its name in the descriptor. */
  readonly path: (file: string) => string;
}

/** Reads the descriptor of a disk as the release does. */
export async function openDisk(path: string, { simulation }: Call): Promise<SimulatedDisk> {
  const given = resolve(path);
  const directory = await realpath(dirname(given)).catch(() => undefined);
  const text =
    directory === undefined
      ? undefined
      : await readFile(join(directory, basename(given)), 'utf8').catch(() => undefined);
  if (directory === undefined || text === undefined) throw missing(path, simulation.release);
  const { accepted, descriptor } = parseDescriptor(text, { release: simulation.release });
  if (!accepted)
    throw new ToolExit(ExitCode.LOCK, `Can't parse ${join(directory, basename(given))}`);
  return {
    descriptorPath: join(directory, basename(given)),
    directory,
    descriptor,
    path: (file) => resolve(directory, file),
  };
}

function missing(path: string, release: Version): ToolExit {
  const line = holds('infoLine288', release) ? 288 : 319;
  const text = `Error in ploop_open_dd (di.c:${String(line)}): Can't resolve ${path}: No such file or directory`;
  if (!holds('missingIsOpen', release)) return new ToolExit(ExitCode.DISKDESCR, text);
  return new ToolExit(ExitCode.OPEN, holds('missingIsSilent', release) ? '' : text);
}

/** Does work on a disk while no other run does, and leaves the lock file that releases leave. */
export async function withDisk<Result>(
  path: string,
  call: Call,
  work: (disk: SimulatedDisk) => Promise<Result>,
): Promise<Result> {
  const { simulation } = call;
  return simulation.exclusively(path, async () => {
    const disk = await openDisk(path, call);
    if (holds('leavesLockFile', simulation.release))
      await writeFile(`${disk.descriptorPath}.lck`, '', { flag: 'a' });
    return work(disk);
  });
}

/** The temporary descriptor, which becomes the one of the disk when the rest has been done. */
export async function storeTemporary(
  { descriptorPath }: Pick<SimulatedDisk, 'descriptorPath'>,
  descriptor: DiskDescriptor,
  { simulation, log }: Call,
): Promise<() => Promise<void>> {
  const temporary = `${descriptorPath}.tmp`;
  log.line(`Storing ${temporary}`);
  await simulation.step('store');
  await writeFile(temporary, serializeDescriptor(descriptor));
  return async () => {
    await simulation.step('rename');
    await rename(temporary, descriptorPath).catch((error: unknown) => {
      throw new ToolExit(ExitCode.RENAME, `Can't rename ${temporary}: ${String(error)}`);
    });
  };
}

/** Writes the descriptor of a new disk. */
export async function storeNew(
  path: string,
  descriptor: DiskDescriptor,
  { simulation, log }: Call,
): Promise<void> {
  log.line(`Storing ${path}`);
  await simulation.step('store');
  await writeFile(path, serializeDescriptor(descriptor), { flag: 'wx' });
}

/** The image of the top. */
export function topImage({ descriptor }: Pick<SimulatedDisk, 'descriptor'>): Image {
  const { topGuid, images } = descriptor;
  const top =
    images.find(({ guid }) => topGuid !== undefined && sameGuid(guid, topGuid)) ?? images.at(-1);
  if (top === undefined) throw new ToolExit(ExitCode.LOCK, 'no image of the top');
  return top;
}

/** Whether an image is the base of a raw disk: a bare disk. The deltas of such a disk are images, whatever their type says. */
export function isRawBase(file: string, { images, shots }: DiskDescriptor): boolean {
  const image = images.find((one) => one.file === file);
  const shot = shots.find(({ guid }) => image !== undefined && sameGuid(guid, image.guid));
  return image?.type === 'Plain' && shot?.parentGuid === NIL_GUID;
}

/** Removes a file of the disk, and says so. */
export async function removeFile(path: string, { simulation, log }: Call): Promise<void> {
  log.line(`Removing ${path}`);
  await simulation.step('remove');
  await rm(path, { force: true });
}
