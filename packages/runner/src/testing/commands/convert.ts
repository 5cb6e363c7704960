import { planRewrite } from '@ploop/descriptor/plan';

import { carryOut } from '../carry-out.ts';
import { withDisk } from '../simulated-disk.ts';
import type { SimulatedCommand } from '../simulation.ts';
import { notSimulated } from '../tool-exit.ts';
import { operandOf } from './operand.ts';

/** `ploop convert -f expanded` of a disk that is expanded: the descriptor is written anew. */
export const convert: SimulatedCommand = {
  shape: 'f:v:',
  usage: '{-f FORMAT | -v VERSION} DiskDescriptor.xml',
  run: (call) =>
    withDisk(operandOf(call), call, async (disk) => {
      const { descriptor, directory } = disk;
      if (call.words.options.get('f') !== 'expanded' || descriptor.mode !== 'expanded')
        throw notSimulated('convert of images');
      const plan = planRewrite(descriptor, { release: call.simulation.release, directory });
      await carryOut(plan, disk, call);
    }),
};
