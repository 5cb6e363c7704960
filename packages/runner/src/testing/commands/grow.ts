import { sectors, toBytes, type Sectors } from '@ploop/descriptor';
import { memorySource } from '@ploop/descriptor/internal';
import { planRewrite } from '@ploop/descriptor/plan';
import { createImage, describeImage, mergeDelta } from '@ploop/image';

import { holds } from '../facts.ts';
import { ExitCode } from '../../errors/exit-codes.ts';
import { carryOut } from '../carry-out.ts';
import { withImage } from '../image-file.ts';
import { sizeIn } from '../new-descriptor.ts';
import {
  isRawBase,
  storeTemporary,
  topImage,
  withDisk,
  type SimulatedDisk,
} from '../simulated-disk.ts';
import type { SimulatedCommand } from '../simulation.ts';
import { notSimulated, ToolExit } from '../tool-exit.ts';
import { UsageError } from '../usage-error.ts';
import { operandOf, valueOf } from './operand.ts';

const PLACE = 'Error in ploop_grow_delta_offline (delta_read.c:1)';

/** `ploop grow` of a disk that is not mounted. */
export const grow: SimulatedCommand = {
  shape: 's:d:f:S',
  names: { sparse: 'S' },
  usage: '-s SIZE DiskDescriptor.xml',
  run: (call) =>
    withDisk(operandOf(call), call, async (disk) => {
      const size = sizeIn(valueOf(call, 's'));
      if (size === undefined) throw new UsageError();
      const { release, step } = call.simulation;
      if (!holds('growsOffline', release))
        throw notSimulated('grow of a disk that is not on a device');
      const { descriptor, directory, path } = disk;
      const plan = planRewrite(descriptor, { release, directory });
      if (plan.refusals.length > 0) return carryOut(plan, disk, call);
      const top = path(topImage(disk).file);
      await refuseSize(size, disk);
      const grown = { ...plan.descriptor, size };
      const settle = holds('storesGrown', release)
        ? await storeTemporary(disk, grown, call)
        : undefined;
      call.log.line(`Opening delta ${top}`);
      await step('grow');
      await growImage(top, size, isRawBase(topImage(disk).file, descriptor));
      await settle?.();
    }),
};

async function refuseSize(size: Sectors, { descriptor }: SimulatedDisk): Promise<void> {
  if (size < descriptor.size)
    throw new ToolExit(
      ExitCode.PARAM,
      `${PLACE}: Error: new size ${String(size)} is less than the old size ${String(descriptor.size)}`,
    );
  if (size % descriptor.blockSize !== 0 && descriptor.mode !== 'raw')
    throw new ToolExit(
      ExitCode.PARAM,
      `Error in check_blockdev_size (ploop.c:1): An incorrect block device size is specified: ${String(size)} sectors. The block device size must be aligned to the cluster block size ${String(descriptor.blockSize)}`,
    );
  await Promise.resolve();
}

/** Merging an empty, longer delta into an image makes it longer, and changes nothing else. */
async function growImage(path: string, size: Sectors, isRaw: boolean): Promise<void> {
  await withImage(path, async (target, handle) => {
    if (isRaw) return handle.truncate(toBytes(size));
    const { description } = await describeImage(target);
    if (description.format !== 'ploop') throw notSimulated(`grow of a ${description.format} image`);
    const { version, blockSize } = description;
    const longer = createImage({ version, size, blockSize: sectors(blockSize) });
    const bytes = new Uint8Array(longer.fileBytes);
    bytes.set(longer.header);
    await mergeDelta(target, memorySource('new image', bytes));
  });
}
