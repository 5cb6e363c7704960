import type { BigIntStats } from 'node:fs';

import {
  diagnostic,
  type Diagnostic,
  type SnapshotGraph,
  isRawBase,
  type DiskDescriptor,
  type Image,
  resolveFile,
} from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import {
  append,
  imagesChanged,
  imagesRead,
  imageWritten,
  type ImageStep,
  type ReadDepth,
  runAsync,
  findingsIn,
} from '@ploop/descriptor/internal';
import type { Confinement, ConfineOptions } from '@ploop/descriptor/node';
import {
  confinementOf,
  type NamedFile,
  realPath,
  status,
  inodeKey,
  readable,
} from '@ploop/descriptor/node/internal';
import { checkImage, type ImageCheck, stepFaults } from '@ploop/image';
import { withPlace } from '@ploop/image/internal';

import { OFFLINE } from '../arguments.ts';
import { rivalsOf } from '../beside/rivals-of.ts';
import { cutBaseFindings } from '../disk/cut-base.ts';
import { withLostCause } from '../check/lost-cause.ts';
import { linkedImage } from '../disk/image-links.ts';
import { openNamedImage } from '../disk/open-image.ts';
import { rivalFaults } from './rival-faults.ts';

/** A disk as far as steps need it. */
export interface SteppedDisk {
  /** Absolute path of the descriptor; if it is not given, that one is read again, as what lies beside it. */
  readonly path?: string | undefined;
  readonly directory: string;
  readonly descriptor: DiskDescriptor;
  readonly graph: SnapshotGraph;
}

/** How to look at steps. */
export interface StepFindingOptions extends ConfineOptions {
  /** The image that a device writes to, as the descriptor names it: its table changes while it is read, and is not. */
  readonly live?: string | undefined;
  /** Whether steps may write to images whose files have other names: the caller knows who else sees them. Default: no. */
  readonly allowLinked?: boolean | undefined;
  /** Whether steps may change images that another descriptor beside needs: the caller knows that it does not count. Default: no. */
  readonly allowRival?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Why an operation must not be done to a disk, by its images: two of them are one file (`DELTA_SHARED`), a file that would
 * be written to has other names (`IMAGE_LINKED`), a file that would be changed or removed is needed by another descriptor
 * in the directory (`DESCRIPTOR_RIVAL`), or what `stepFaults` finds in their headers and tables. Empty if nothing
 * speaks against it. Lists the directory once, reads each table once, and changes nothing. Images that are missing are left to the tool, which
 * then refuses. An image outside `confine` is not opened (`DELTA_OUTSIDE`).
 *
 * @throws The reason of `signal`; DescriptorError with code `FILE_UNREADABLE` if the directory of
 * the disk or `confine` is not a directory.
 */
export async function stepFindings(
  disk: SteppedDisk,
  steps: readonly ImageStep[],
  options: StepFindingOptions = {},
): Promise<readonly Diagnostic[]> {
  requireCall(OFFLINE.stepFindings, [disk, steps, options]);
  const { live, allowLinked = false, allowRival = false, signal, confine } = options;
  const directory = await runAsync(readable(disk.directory, realPath(disk.directory)));
  const confinement = await runAsync(confinementOf(directory, { confine }));
  const files = await imageFiles(disk);
  const incoming = await incomingFiles(files, steps);
  const shared = sharedFiles([...files.values(), ...incoming]);
  if (shared.length > 0) return shared;
  const linked = [...writtenFiles(files, steps), ...incoming];
  const findings = allowLinked ? [] : [...(await linkedFiles(linked))];
  if (!allowRival)
    append(findings, await rivalsOfSteps(disk, directory, steps, files, confinement));
  if (findings.length > 0) return findings;

  const checks = new Map<string, ImageCheck>();
  for (const [name, depth] of depths(steps)) {
    const found = files.get(name);
    if (found?.stats === undefined) continue;
    const { image, file } = found;
    const named = { guid: image.guid, file, directory };
    const node = disk.graph.node(image.guid);
    const rawBase = node?.image === image && isRawBase(disk.descriptor, node);
    try {
      const isTop = node !== undefined && node === disk.graph.top;
      const options = { deep: depth === 'table' && name !== live, rawBase, isTop, signal };
      const check = await checkFile(named, confinement, options, disk.descriptor);
      const { descriptor } = disk;
      const described = { descriptor, directory, confinement, signal };
      checks.set(name, await withLostCause(check, named, described));
    } catch (error) {
      append(findings, findingsIn(error));
    }
  }
  for (const step of steps)
    append(
      findings,
      stepFaults(step, (name) => checks.get(name)),
    );
  return [...new Set(findings)];
}

interface ImageFileStatus {
  readonly image: Image;
  /** Absolute path. */
  readonly file: string;
  /** Absent if there is no such file. */
  readonly stats: BigIntStats | undefined;
}

/** The files of all images, by their names in the descriptor. */
async function imageFiles({
  directory,
  descriptor,
}: SteppedDisk): Promise<ReadonlyMap<string, ImageFileStatus>> {
  const files = new Map<string, ImageFileStatus>();
  for (const image of descriptor.images) {
    const file = resolveFile(directory, image.file);
    files.set(image.file, { image, file, stats: await statsOf(file) });
  }
  return files;
}

function sharedFiles(files: readonly ImageFileStatus[]): readonly Diagnostic[] {
  const first = new Map<string, ImageFileStatus>();
  return files.flatMap((one) => {
    const { stats, image, file } = one;
    if (stats === undefined) return [];
    const key = inodeKey(stats);
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, one);
      return [];
    }
    const data = { guid: image.guid, other: other.image.guid, file, otherFile: other.file };
    return [diagnostic('DELTA_SHARED', data)];
  });
}

/** Files that are to take the place of images. */
async function incomingFiles(
  files: ReadonlyMap<string, ImageFileStatus>,
  steps: readonly ImageStep[],
): Promise<readonly ImageFileStatus[]> {
  const incoming: ImageFileStatus[] = [];
  for (const step of steps) {
    const replaced = step.step === 'replace' ? files.get(step.file) : undefined;
    if (step.step === 'replace' && replaced !== undefined)
      incoming.push({ image: replaced.image, file: step.by, stats: await statsOf(step.by) });
  }
  return incoming;
}

function writtenFiles(
  files: ReadonlyMap<string, ImageFileStatus>,
  steps: readonly ImageStep[],
): readonly ImageFileStatus[] {
  const written = new Set(steps.flatMap((step) => imageWritten(step) ?? []));
  return [...written].flatMap((name) => files.get(name) ?? []);
}

async function linkedFiles(files: readonly ImageFileStatus[]): Promise<readonly Diagnostic[]> {
  const findings: Diagnostic[] = [];
  for (const { image, file, stats } of files) {
    const finding = stats && (await linkedImage(image.guid, file, stats));
    if (finding !== undefined) findings.push(finding);
  }
  return findings;
}

async function rivalsOfSteps(
  { path }: SteppedDisk,
  directory: string,
  steps: readonly ImageStep[],
  files: ReadonlyMap<string, ImageFileStatus>,
  confinement: Confinement,
): Promise<readonly Diagnostic[]> {
  if (steps.flatMap(imagesChanged).length === 0) return [];
  const images = [...files.values()].map(({ file }) => file);
  const rivals = await runAsync(rivalsOf({ path, directory, images, confinement }));
  return rivalFaults(rivals, steps, (name) => files.get(name)?.file);
}

/** Absent files are left to the tool. */
function statsOf(file: string): Promise<BigIntStats | undefined> {
  return runAsync(status(file)).catch(() => undefined);
}

/** How much of each image the steps together need. */
function depths(steps: readonly ImageStep[]): ReadonlyMap<string, ReadDepth> {
  const most = new Map<string, ReadDepth>();
  for (const [name, depth] of steps.flatMap(imagesRead))
    if (most.get(name) !== 'table') most.set(name, depth);
  return most;
}

async function checkFile(
  named: NamedFile,
  confinement: Confinement,
  {
    isTop,
    ...options
  }: Parameters<typeof checkImage>[1] & {
    readonly rawBase: boolean;
    readonly isTop: boolean;
  },
  descriptor: DiskDescriptor,
): Promise<ImageCheck> {
  const source = await openNamedImage(named, confinement);
  try {
    const { mode, blockSize, size } = descriptor;
    const check = await checkImage(source, options);
    const isCovered = options.rawBase && !isTop;
    const cut = isCovered ? await cutBaseFindings(source, descriptor) : [];
    const place = { isBase: options.rawBase, isTop };
    const found = { ...check, diagnostics: [...check.diagnostics, ...cut] };
    return withPlace(found, place, { mode, blockSize, size });
  } finally {
    await source.close();
  }
}
