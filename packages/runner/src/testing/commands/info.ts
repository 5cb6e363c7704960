import { describeImage } from '@ploop/image';

import { withImage } from '../image-file.ts';
import { topImage, withDisk } from '../simulated-disk.ts';
import type { SimulatedCommand } from '../simulation.ts';
import { notSimulated } from '../tool-exit.ts';
import { operandOf } from './operand.ts';

/** `ploop info -s`: the parameters of the top delta. */
export const info: SimulatedCommand = {
  shape: 'sdb',
  usage: '{-s | -d} DiskDescriptor.xml',
  run: (call) =>
    withDisk(operandOf(call), call, async (disk) => {
      if (!call.words.options.has('s'))
        throw notSimulated('info without -s, which asks a mounted file system,');
      const path = disk.path(topImage(disk).file);
      call.log.line(`Opening delta ${path}`);
      const { description } = await withImage(path, (source) => describeImage(source));
      const { blockSize, size } = disk.descriptor;
      const [sectors, cluster, version] =
        description.format === 'ploop'
          ? [description.size ?? size, description.blockSize, description.version]
          : [size, blockSize, 0];
      call.log.answer(
        `size:\t\t${String(sectors)}\nblocksize:\t${String(cluster)}\nfmt_version:\t${String(version)}\n`,
      );
    }),
};
