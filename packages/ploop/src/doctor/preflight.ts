import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import { DescriptorError } from '@ploop/descriptor';
import { refuseTooManyOpen } from '@ploop/descriptor/internal';
import type { ConfineOptions } from '@ploop/descriptor/node';
import { findOutside } from '@ploop/offline';
import { createRunner, type Runner } from '@ploop/runner';

import { requireArguments } from '../arguments/require.ts';
import type { Disk } from '../disk/disk.ts';
import { openDisk } from '../disk/open-disk.ts';
import { rootsOf, type Roots } from '../io/roots.ts';
import type { OpenDiskOptions } from '../state/source-at.ts';
import { checkDriver } from './check-driver.ts';
import { checkHelpers } from './check-helpers.ts';
import { checkLock } from './check-lock.ts';
import { checkPlace } from './check-place.ts';
import { checkTool } from './check-tool.ts';
import type { PreflightFinding } from './finding.ts';

/** What is to be looked at. */
export interface PreflightOptions extends ConfineOptions {
  /** A disk, its descriptor, or the directory where one is to be made. Default: the machine alone. */
  readonly path?: string | undefined;
  /** What would run the tool. Default: the tool on this machine. */
  readonly runner?: Runner | undefined;
  /** Where the kernel's files are. Default: `/sys`, `/proc`, `/dev` and `/run`. */
  readonly roots?: Partial<Roots> | undefined;
}

/** Whether this machine can do it. */
export interface PreflightReport {
  /** Whether no finding is an error. */
  readonly ok: boolean;
  /** In the order of what depends on what. */
  readonly findings: readonly PreflightFinding[];
}

/**
 * Whether disks can be mounted and changed on this machine, and a disk among them: the tool and its release, the driver and
 * its generation, root, the programs that the tool runs, the file system of the images, space, and who holds the lock.
 * Runs nothing but usages of the tool, takes no lock and changes nothing.
 *
 * @throws RefusedError `OPTION_INVALID` for an option of the wrong type.
 */
export async function preflight(options: PreflightOptions = {}): Promise<PreflightReport> {
  requireArguments('preflight', [options]);
  const { path, runner = createRunner(), roots: given, confine } = options;
  const roots = rootsOf(given);
  const { findings: tool, generation } = await checkTool(runner);
  const findings = [
    ...tool,
    ...(await checkDriver(roots, generation)),
    rights(),
    ...(await checkHelpers(generation)),
    ...(path === undefined ? [] : await checkPath(resolve(path), { runner, roots, confine })),
  ];
  return { ok: findings.every(({ severity }) => severity !== 'error'), findings };
}

function rights(): PreflightFinding {
  const uid = process.getuid?.();
  if (uid === 0) return { code: 'ROOT', severity: 'info', message: 'root', data: { uid } };
  return {
    code: 'NOT_ROOT',
    severity: 'warning',
    message: `user ${String(uid)} is not root: disks cannot be mounted, and only own ones changed`,
    hint: 'Run as root, or give the runner exec: sudoExec().',
    data: { uid },
  };
}

async function checkPath(
  path: string,
  options: OpenDiskOptions & { readonly roots: Roots },
): Promise<readonly PreflightFinding[]> {
  const { roots } = options;
  const opened = await openDisk(path, options).catch((error: unknown) => {
    refuseTooManyOpen(path, error);
    if (error instanceof DescriptorError) return error;
    throw error;
  });
  if (!(opened instanceof DescriptorError)) return checkDisk(opened, options);
  const isNew = opened.code === 'FILE_UNREADABLE' && (await isDirectory(path));
  return unreadable(path, opened, isNew ? 'info' : 'error', roots);
}

/** What of a disk that cannot be read can be said: where it is, or is to be. */
async function unreadable(
  path: string,
  { message, code }: DescriptorError,
  severity: 'info' | 'error',
  roots: Roots,
): Promise<readonly PreflightFinding[]> {
  const directory = (await isDirectory(path)) ? path : dirname(path);
  return [
    { code: 'DISK_UNREADABLE', severity, message, data: { path, code } },
    ...(await checkPlace(directory, roots, undefined)),
  ];
}

function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function checkDisk(
  disk: Disk,
  { roots, confine }: ConfineOptions & { readonly roots: Roots },
): Promise<readonly PreflightFinding[]> {
  const { descriptorPath } = disk;
  const images = await disk.images().catch((error: unknown) => {
    refuseTooManyOpen(descriptorPath, error);
    if (error instanceof DescriptorError) return error;
    throw error;
  });
  const [outside] = await findOutside(descriptorPath, { confine });
  if (outside !== undefined)
    return unreadable(descriptorPath, new DescriptorError([outside]), 'error', roots);
  if (images instanceof DescriptorError) return unreadable(descriptorPath, images, 'error', roots);
  const base = images[0]?.file ?? descriptorPath;
  const found: PreflightFinding = {
    code: 'DISK',
    severity: 'info',
    message: `a disk of ${String(images.length)} images in its chain`,
    data: { descriptorPath, images: images.map(({ file }) => file) },
  };
  return [
    found,
    ...(await checkPlace(dirname(base), roots, await growthOf(disk))),
    ...(await checkLock([`${descriptorPath}.lck`, base], roots)),
  ];
}

/** How many bytes the top delta can still take, as far as that can be read. */
async function growthOf(disk: Disk): Promise<number | undefined> {
  try {
    const { size } = await disk.imageInfo();
    const { blocks } = await stat(await disk.topDelta());
    return Math.max(0, size - blocks * 512);
  } catch {
    return undefined;
  }
}
