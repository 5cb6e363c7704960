import { planReplace } from '@ploop/descriptor/plan';

import { carryOut } from '../carry-out.ts';
import { withDisk } from '../simulated-disk.ts';
import type { SimulatedCommand } from '../simulation.ts';
import { notSimulated } from '../tool-exit.ts';
import { UsageError } from '../usage-error.ts';
import { operandOf, valueOf } from './operand.ts';

/** `ploop replace`: a copy takes the place of an image. */
export const replace: SimulatedCommand = {
  shape: 'u:o:l:i:kf:w',
  names: {
    'keep-name': 'k',
    uuid: 'u',
    'orig-file': 'o',
    level: 'l',
    'image-file': 'i',
    'read-write': 'w',
  },
  usage: '{-u UUID | -o FILE | -l LEVEL} -i FILE DiskDescriptor.xml',
  run: (call) =>
    withDisk(operandOf(call), call, async (disk) => {
      const { options } = call.words;
      const guid = options.get('u');
      const file = options.get('o');
      const newFile = valueOf(call, 'i');
      if (options.has('l')) throw notSimulated('replace -l on a disk that is not mounted');
      if ((guid === undefined) === (file === undefined)) throw new UsageError();
      const target = guid === undefined ? { file: file ?? '' } : { guid };
      const plan = planReplace(
        disk.descriptor,
        { target, newFile, keepName: options.has('k') },
        { release: call.simulation.release, directory: disk.directory },
      );
      await carryOut(plan, disk, call, { guid: guid ?? '' });
    }),
};
