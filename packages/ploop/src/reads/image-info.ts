import {
  isRawBase,
  SECTOR_SIZE,
  sectors,
  toBytes,
  type Bytes,
  type Sectors,
} from '@ploop/descriptor';
import type { Steps } from '@ploop/descriptor/internal';
import { namedHeaderFileAt } from '@ploop/offline/internal';

import { hasCandidates } from '../devices/quiet.ts';
import { attribute, namesIn, numberAttribute } from '../io/kernel-files.ts';
import { ReadError } from '../io/read-error.ts';
import type { Roots } from '../io/roots.ts';
import type { Evidence } from '../state/evidence.ts';
import { namedStatus } from '../state/named-image.ts';
import { consistently, type Source } from '../state/source.ts';
import type { DiskState } from '../state/state.ts';
import type { ImageInfo, ImageDifference } from '../values/image-parameters.ts';
import { mainDeviceOf } from './is-mounted.ts';
import { topDeltaOf } from './top-delta.ts';

/** Size, cluster size and version in the units of the tool. */
interface Parameters {
  readonly size: Sectors;
  readonly blockSize: Sectors;
  readonly version: 0 | 1 | 2;
}

/**
 * The parameters of a disk, as `ploop info -s` reports them: of its device where one runs, else of the header of the top
 * delta. What the descriptor says of the size can be out of date after a switch. Where the tool of release 1.15 refuses
 * an image that is marked in use, this returns the parameters and the mark.
 */
export function* imageInfoOf(source: Source): Steps<ImageInfo> {
  const known = yield* source.memory.imageInfo.recall();
  if (known !== undefined) return known;
  // Without sysfs there is the header, which a driver keeps up to date.
  const names = (yield* namesIn(`${source.roots.sys}/block`)) ?? [];
  const isQuiet = !hasCandidates(names);
  return yield* consistently(source, function* (state) {
    if (!isQuiet)
      return (yield* infoOf(source, state, yield* runningParameters(source, state, names))).info;
    const { info, file } = yield* infoOf(source, state);
    const descriptor = { path: source.descriptorPath, identity: state.identity };
    source.memory.imageInfo.keep(info, [descriptor, file]);
    return info;
  });
}

function* infoOf(
  { confinement }: Source,
  state: DiskState,
  running?: Parameters,
): Steps<{ readonly info: ImageInfo; readonly file: Evidence }> {
  const { descriptor, top } = state;
  const path = topDeltaOf(state);
  const named = { guid: top.guid, file: path, directory: state.directory };
  const image = isRawBase(descriptor, top)
    ? undefined
    : yield* namedHeaderFileAt(named, confinement);
  const identity = image?.identity ?? (yield* namedStatus(named, confinement));
  const file = { path, identity };
  const parameters = running ?? image?.header ?? rawParameters(file, descriptor.blockSize);
  const size = toBytes(parameters.size);
  const statedSize =
    running === undefined && image !== undefined ? toBytes(image.header.statedSize) : size;
  const clusterSize = toBytes(parameters.blockSize);
  const info = {
    size,
    statedSize,
    clusterSize,
    version: parameters.version,
    mark: image?.mark,
    differences: [
      ...difference('size', toBytes(descriptor.size), statedSize),
      ...difference('clusterSize', toBytes(descriptor.blockSize), clusterSize),
    ],
  };
  return { info, file };
}

/** On device-mapper kernels, and while a device comes or goes, the header says the same as the device. */
function* runningParameters(
  source: Source,
  state: DiskState,
  names: readonly string[],
): Steps<Parameters | undefined> {
  try {
    const device = yield* mainDeviceOf(source, state, names);
    return device === undefined ? undefined : yield* parametersOf(source.roots, device);
  } catch (error) {
    if (error instanceof ReadError && error.code !== 'KERNEL_UNREADABLE') return undefined;
    throw error;
  }
}

/** What the block driver reports of a device; `undefined` where that goes. */
function* parametersOf({ sys }: Roots, name: string): Steps<Parameters | undefined> {
  const directory = `${sys}/block/${name}`;
  const size = yield* numberAttribute(`${directory}/size`);
  const blockSize = yield* numberAttribute(`${directory}/pstate/block_size`);
  const large = yield* attribute(`${sys}/module/ploop/parameters/large_disk_support`);
  // Kernels without large disks know version 1 alone.
  const version =
    large === undefined ? 1 : yield* numberAttribute(`${directory}/pstate/fmt_version`);
  if (size === undefined || blockSize === undefined) return undefined;
  if (version !== 0 && version !== 1 && version !== 2) return undefined;
  return { size: sectors(size), blockSize: sectors(blockSize), version };
}

function rawParameters({ identity }: Evidence, blockSize: Sectors): Parameters {
  const size = sectors(Math.floor(Number(identity.size) / SECTOR_SIZE));
  return { size, blockSize, version: 0 };
}

function difference(
  field: ImageDifference['field'],
  descriptor: Bytes,
  image: Bytes,
): readonly ImageDifference[] {
  return descriptor === image ? [] : [{ field, descriptor, image }];
}
