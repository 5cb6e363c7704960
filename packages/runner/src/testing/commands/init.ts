import { basename, dirname, join, resolve } from 'node:path';

import {
  isClusterSize,
  sectors,
  toBytes,
  TOP_GUID,
  type DiskMode,
  type Sectors,
} from '@ploop/descriptor';
import { DESCRIPTOR_NAME } from '@ploop/descriptor/releases';
import { createImage } from '@ploop/image';

import { ExitCode } from '../../errors/exit-codes.ts';
import { holds } from '../facts.ts';
import { makeFile } from '../image-file.ts';
import { makeImage } from '../new-image.ts';
import { needsDevice } from '../needs-device.ts';
import { isThere } from '../is-there.ts';
import { newDescriptor, sizeIn } from '../new-descriptor.ts';
import { storeNew } from '../simulated-disk.ts';
import type { Call, SimulatedCommand } from '../simulation.ts';
import { notSimulated, ToolExit } from '../tool-exit.ts';
import { UsageError } from '../usage-error.ts';
import { operandOf, valueOf } from './operand.ts';

const LAYOUTS: Readonly<Record<string, DiskMode>> = {
  ploop1: 'expanded',
  expanded: 'expanded',
  preallocated: 'preallocated',
  raw: 'raw',
};

/** `ploop init -t none`: a new disk without a file system. */
export const init: SimulatedCommand = {
  shape: 's:b:B:f:v:t:nk:L:PST:',
  names: { nolazy: 'n', sparse: 'S' },
  usage: '-s SIZE [-f FORMAT] [-v VERSION] [-t FSTYPE] [-b BLOCKSIZE] DELTA',
  run: async (call) => {
    const image = resolve(operandOf(call));
    const descriptorPath = join(dirname(image), DESCRIPTOR_NAME);
    const layout = LAYOUTS[call.words.options.get('f') ?? 'expanded'];
    if (layout === undefined)
      throw new UsageError(`Bad -f argument: ${call.words.options.get('f') ?? ''}`);
    await refuseExisting(descriptorPath, call);
    await makeBase(image, layout, call);
    call.log.line(`Adding snapshot ${TOP_GUID}`, 3);
    const disk = { ...sizesOf(call), mode: layout };
    await storeNew(
      descriptorPath,
      newDescriptor({ ...disk, file: basename(image) }, call.simulation),
      call,
    );
  },
};

/** Size and cluster size of the new disk. */
function sizesOf(call: Call): {
  readonly size: Sectors;
  readonly blockSize: Sectors;
  readonly version: 1 | 2;
} {
  const { options } = call.words;
  const wanted = sizeIn(valueOf(call, 's'));
  const blockSize = Number(options.get('b') ?? 2048);
  const version = Number(options.get('v') ?? call.simulation.imageVersion);
  if (wanted === undefined || wanted <= 0)
    throw new UsageError(`Bad -s argument: ${options.get('s') ?? ''}`);
  if (!isClusterSize(blockSize))
    throw new ToolExit(
      ExitCode.PARAM,
      `Error in init_dd (ploop.c:1): Incorrect blocksize specified: ${String(blockSize)}`,
    );
  if (version !== 1 && version !== 2)
    throw new ToolExit(
      ExitCode.PARAM,
      `Error in init_dd (ploop.c:1): Unknown ploop image version: ${String(version)}`,
    );
  return {
    size: createImage({ version, size: wanted, blockSize: sectors(blockSize) }).size,
    blockSize: sectors(blockSize),
    version,
  };
}

async function makeBase(path: string, layout: DiskMode, call: Call): Promise<void> {
  const { size, blockSize, version } = sizesOf(call);
  if ((call.words.options.get('t') ?? 'ext4') !== 'none')
    throw needsDevice(call.simulation.release);
  if (call.words.options.has('T')) throw notSimulated('init -T');
  if (!(await isThere(dirname(path))))
    throw new ToolExit(
      ExitCode.CREAT,
      `Error in do_create_delta (ploop.c:1): Can't open ${path}: No such file or directory`,
    );
  await call.simulation.step('create');
  if (layout === 'raw') {
    call.log.line(`Creating raw delta ${path} size=${String(size)} sectors`);
    await makeFile(path, (handle) => handle.truncate(toBytes(size)));
    return;
  }
  const image = createImage({ version, size, blockSize });
  await makeImage({ path, image, isAllocated: layout === 'preallocated' }, call);
  if (layout === 'preallocated') call.log.line(`Opening delta ${path}`);
}

/** No release writes over a descriptor. */
export async function refuseExisting(path: string, { simulation }: Call): Promise<void> {
  if (await isThere(path))
    throw new ToolExit(
      holds('saysExists', simulation.release) ? ExitCode.EBUSY : ExitCode.PARAM,
      `Error in init_dd (ploop.c:1): Can't create ${path}: File exists`,
    );
}
