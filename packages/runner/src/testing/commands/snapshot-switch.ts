import { sameGuid } from '@ploop/descriptor';
import { planSwitch } from '@ploop/descriptor/plan';

import { carryOut } from '../carry-out.ts';
import { withDisk } from '../simulated-disk.ts';
import { notSimulated } from '../tool-exit.ts';
import type { SimulatedCommand } from '../simulation.ts';
import { operandOf, valueOf } from './operand.ts';

/** `ploop snapshot-switch`: drops the top and continues from a snapshot in a new delta. */
export const snapshotSwitch: SimulatedCommand = {
  shape: 'u:D',
  usage: '-u UUID DiskDescriptor.xml',
  run: (call) =>
    withDisk(operandOf(call), call, async (disk) => {
      const { simulation, words, log } = call;
      const guid = valueOf(call, 'u');
      // Every release writes a descriptor then that names files which are gone.
      if (words.options.has('D')) throw notSimulated('snapshot-switch -D');
      const { randomGuid, release } = simulation;
      const plan = planSwitch(
        disk.descriptor,
        { guid },
        { release, directory: disk.directory, randomGuid },
      );
      const target = disk.descriptor.images.find((image) => sameGuid(image.guid, guid))?.file;
      const top = disk.descriptor.topGuid ?? '';
      await carryOut(plan, disk, call, {
        guid,
        lines: [`Opening delta ${disk.path(target ?? '')}`],
        details: [`del snapshot ${top}`, `Adding snapshot ${plan.descriptor.topGuid ?? ''}`],
      });
      log.line('ploop snapshot has been successfully switched');
    }),
};
