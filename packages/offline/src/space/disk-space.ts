import {
  type Diagnostic,
  isBase,
  guidKey,
  type Guid,
  type ReleaseName,
  bytes as toByteCount,
  toBytes,
  type Bytes,
} from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import { isOwn, runAsync, imagesByGuid, storagesOf } from '@ploop/descriptor/internal';
import type { ConfineOptions } from '@ploop/descriptor/node';
import { confinementOf } from '@ploop/descriptor/node/internal';
import { planDelete, planMerge } from '@ploop/descriptor/plan';

import { OFFLINE } from '../arguments.ts';
import { checkFiles } from '../check/check-files.ts';
import { withTemporaryImages } from '../check/temporary-images.ts';
import { diskAt, diskFindings, type LoadedDisk } from '../disk/load-disk.ts';
import { placedImages } from '../disk/placed-images.ts';
import type { SpaceLayer } from './layer.ts';
import { leftoverSpace, type LeftoverSpace } from './leftover-space.ts';
import { measure, type Measured } from './measure.ts';
import { openDiskImages, type OpenedImage } from './open-disk-images.ts';
import {
  operationSpace,
  type KnownImages,
  type OperationSpace,
  type UnknownSpace,
} from './operation-space.ts';
import { planFaultsOf } from './plan-faults.ts';

/** What one image takes, in bytes. */
export interface ImageSpace {
  readonly guid: Guid;
  /** Absolute path of the descriptor that it belongs to, where that is a parent volume's. */
  readonly disk?: string;
  /** Absolute path. */
  readonly file: string;
  /** Size of the file. */
  readonly bytes: Bytes;
  /** What its file system stores of it: less where it has holes. */
  readonly stored: Bytes;
  /** Clusters of the disk that it has. This and what follows is absent if `unknown` says why. */
  readonly allocated?: Bytes;
  /** Of these, those that every child has a cluster of its own for: they go when it is merged with its child. */
  readonly shadowed?: Bytes;
  /** Of these, those that the state of this shot alone needs: all of a leaf, else what is shadowed. */
  readonly unique?: Bytes;
  /** Of these, those that more than one child sees: what branches share. */
  readonly shared?: Bytes;
  /** Clusters of the file that nothing refers to. */
  readonly unused?: Bytes;
  /** Why numbers are absent: the image cannot be read, or for `shadowed`, `unique` and `shared` one above it. */
  readonly unknown?: UnknownSpace;
}

/** What a disk takes and what could be had back. */
export interface DiskSpace {
  readonly loaded: LoadedDisk;
  /** Those that could be read, in the order of the descriptor; then those of parent volumes, the nearest first. */
  readonly images: readonly ImageSpace[];
  /** For each shot of the disk itself, in the order of the descriptor. */
  readonly operations: readonly OperationSpace[];
  /** Orphans, what interrupted operations have left, and stuck temporary shots. */
  readonly leftovers: readonly LeftoverSpace[];
  /** Of the descriptor, the directory and the images; where there are errors the numbers may be wrong. */
  readonly diagnostics: readonly Diagnostic[];
}

/** How to measure a disk. */
export interface DiskSpaceOptions extends ConfineOptions {
  /** Whose operations are planned. Default: `1.15`. */
  readonly release?: ReleaseName;
  /** Ends it, which throws the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/** Planning takes time for each shot of each shot. */
const MOST_PLANNED = 1_000;

/**
 * What each image of a disk takes, what of it is shadowed, shared or unused, and what deleting or merging each snapshot
 * would free, move and need. Reads all BATs and no data, changes nothing. Of a disk of more than 1,000 shots no
 * operation is planned.
 *
 * Parent volumes are followed. Other volumes over the same parents are not looked for: of the images of parents,
 * `shadowed`, `unique` and `shared` ignore them. What there is to free is up to ploop-volume then: every
 * operation is refused.
 *
 * @param path - The descriptor, or the directory that holds it.
 * @throws DescriptorError with code `FILE_UNREADABLE` where there is no descriptor; the reason of `signal`.
 */
export async function diskSpace(path: string, options: DiskSpaceOptions = {}): Promise<DiskSpace> {
  requireCall(OFFLINE.diskSpace, [path, options]);
  const { release = '1.15', signal, confine } = options;
  const loaded = await runAsync(diskAt(path, undefined, { confine }));
  const confinement = await runAsync(confinementOf(loaded.directory, { confine }));
  const around = await checkFiles(loaded, { signal, confine });
  const described = await withTemporaryImages(diskFindings(loaded), loaded, confinement);
  const found = [...described, ...around];
  const leftovers = await leftoverSpace(loaded, found, confinement);
  const { descriptor, graph } = loaded;
  if (descriptor === undefined || graph === undefined)
    return { loaded, images: [], operations: [], leftovers, diagnostics: found };

  const { opened, diagnostics, close } = await openDiskImages(loaded, around, confinement, signal);
  try {
    const own = graph.nodes.filter(isOwn);
    // The tool takes no image of another format, and a bare disk only with a descriptor.
    const planned = own.length > MOST_PLANNED || loaded.alone !== undefined ? [] : own;
    const plans = planned.flatMap((node) => [
      {
        guid: node.guid,
        operation: 'delete' as const,
        plan: planDelete(descriptor, node, { release }),
      },
      ...(isBase(node)
        ? []
        : [
            {
              guid: node.guid,
              operation: 'merge' as const,
              plan: planMerge(descriptor, { guid: node.guid }, { release }),
            },
          ]),
    ]);
    const parts = storagesOf(descriptor);
    const measured: Measured[] = [];
    const readable: ((guid: Guid) => boolean)[] = [];
    for (const [index, { blockSize, images }] of parts.entries()) {
      const layers = new Map<string, SpaceLayer>();
      for (const { placed, layer } of opened)
        if (layer !== undefined && placed.storage === index + 1)
          layers.set(placed.image.file, layer);
      const byGuid = imagesByGuid(images);
      readable.push((guid) => layers.has(byGuid.get(guidKey(guid))?.file ?? ''));
      measured.push(
        await measure({
          graph,
          fileOf: ({ guid }) => byGuid.get(guidKey(guid))?.file,
          layers,
          clusterBytes: toBytes(blockSize),
          // Every operation on a split disk is refused.
          plans: parts.length > 1 ? [] : plans.map(({ plan }) => plan),
          linked: linkedNames(loaded, around),
          signal,
        }),
      );
    }
    const [{ changes } = { changes: [] }] = measured;
    const layered = new Set(
      opened.flatMap(({ placed, layer }) => (layer ? placed.image.file : [])),
    );
    const placed = placedImages(loaded);
    const errors = [...found, ...diagnostics].filter(
      ({ code, severity }) => severity === 'error' && !code.endsWith('DELTA_MISSING'),
    );
    const known: KnownImages = {
      graph,
      isReadable: (file) => layered.has(file),
      reachesData: (file) => {
        const layout = opened.find((one) => one.placed.image.file === file)?.layer?.layout;
        return layout === undefined || layout.fileBytes >= layout.dataStart;
      },
      damage: (file) => {
        const path = placed.find(({ image }) => image.file === file)?.file;
        return errors.find(({ data }) => 'file' in data && data.file === path);
      },
      isClosed: (file) =>
        isClosed(
          opened.find((one) => one.placed.image.file === file),
          release,
        ),
      faults: planFaultsOf(placed, opened, around),
    };
    return {
      loaded,
      images: opened.map(({ placed: { image, volume, storage }, ...one }) => {
        const counts = one.layer && measured[storage - 1]?.counts.get(image.file);
        const areAbove = graph
          .children(image.guid)
          .every((child) => readable[storage - 1]?.(child.guid) === true);
        const { allocated, ...rest } = counts ?? {};
        const unused = one.layer?.layout === undefined && one.layer ? 0 : one.check.usage?.unused;
        const space = { allocated, ...(areAbove ? rest : {}), unused };
        const clusterBytes = toBytes(parts[storage - 1]?.blockSize ?? descriptor.blockSize);
        const inBytes = Object.entries(space).flatMap(([name, count]) =>
          count === undefined ? [] : [[name, toByteCount(count * clusterBytes)] as const],
        );
        const isUnknown = counts === undefined || !areAbove || unused === undefined;
        return {
          guid: image.guid,
          ...(volume === undefined ? {} : { disk: volume.path }),
          file: one.source.file,
          bytes: one.source.bytes,
          stored: one.stored,
          ...(Object.fromEntries(inBytes) as Partial<Record<keyof typeof space, Bytes>>),
          ...(isUnknown ? { unknown: 'IMAGE_UNREADABLE' as const } : {}),
        };
      }),
      operations: plans.map((planned, index) =>
        operationSpace({ ...planned, change: changes[index] }, known),
      ),
      leftovers,
      diagnostics: [...found, ...diagnostics],
    };
  } finally {
    await close();
  }
}

/** Releases up to 1.15 know one mark of an image that is closed. */
function isClosed(image: OpenedImage | undefined, release: ReleaseName): boolean {
  const description = image?.check.description;
  if (description?.format !== 'ploop') return true;
  const { state } = description.mark;
  return state === 'closed' || (state.startsWith('closed') && !release.startsWith('1.'));
}

/** The images whose files have other names as well, as the descriptor names them. */
function linkedNames(loaded: LoadedDisk, findings: readonly Diagnostic[]): ReadonlySet<string> {
  const linked = new Set(
    findings.flatMap(({ code, data }) => (code === 'IMAGE_LINKED' ? [data.file] : [])),
  );
  const images = placedImages(loaded).filter(({ file }) => linked.has(file));
  return new Set(images.map(({ image }) => image.file));
}
