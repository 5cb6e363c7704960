import { basename, join, resolve } from 'node:path';

import { sectors, TOP_GUID } from '@ploop/descriptor';
import { DESCRIPTOR_NAME } from '@ploop/descriptor/releases';
import { describeImage } from '@ploop/image';

import { withImage } from '../image-file.ts';
import { newDescriptor } from '../new-descriptor.ts';
import { storeNew } from '../simulated-disk.ts';
import type { SimulatedCommand } from '../simulation.ts';
import { notSimulated } from '../tool-exit.ts';
import { UsageError } from '../usage-error.ts';
import { refuseExisting } from './init.ts';

/** `ploop restore-descriptor`: a descriptor of one image. */
export const restoreDescriptor: SimulatedCommand = {
  shape: 'f:b:',
  usage: '[-f FORMAT] [-b BLOCKSIZE] DIRECTORY IMAGE',
  run: async (call) => {
    const [directory, image, ...further] = call.words.operands;
    if (directory === undefined || image === undefined || further.length > 0)
      throw new UsageError();
    if (call.words.options.size > 0) throw notSimulated('restore-descriptor of a raw image');
    const path = join(resolve(directory), DESCRIPTOR_NAME);
    await refuseExisting(path, call);
    call.log.line(`Opening delta ${image}`);
    const { description } = await withImage(image, (source) => describeImage(source));
    if (description.format !== 'ploop' || description.size === undefined)
      throw notSimulated('restore-descriptor of another format than ploop');
    const { size, blockSize } = description;
    call.log.line(`Adding snapshot ${TOP_GUID}`, 3);
    const disk = { size, blockSize: sectors(blockSize), mode: 'expanded' } as const;
    await storeNew(path, newDescriptor({ ...disk, file: basename(image) }, call.simulation), call);
  },
};
