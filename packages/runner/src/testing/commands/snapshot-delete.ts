import { planDelete } from '@ploop/descriptor/plan';

import { carryOut } from '../carry-out.ts';
import { withDisk } from '../simulated-disk.ts';
import type { SimulatedCommand } from '../simulation.ts';
import { operandOf, valueOf } from './operand.ts';

/** `ploop snapshot-delete`: removes a leaf, merges an only child, or marks what has several. */
export const snapshotDelete: SimulatedCommand = {
  shape: 'u:',
  usage: '-u UUID DiskDescriptor.xml',
  run: (call) =>
    withDisk(operandOf(call), call, async (disk) => {
      const guid = valueOf(call, 'u');
      const { descriptor, directory } = disk;
      const plan = planDelete(
        descriptor,
        { guid },
        { release: call.simulation.release, directory },
      );
      if (plan.outcome === 'marked-temporary') {
        const count = descriptor.shots.filter(({ parentGuid }) => parentGuid === guid).length;
        call.log.line(
          `Warning: Unable to delete snapshot ${guid} as there are ${String(count)} references to it; marking it as temporary instead`,
        );
      }
      const details = plan.outcome === 'deleted' ? [`del snapshot ${guid}`] : [];
      await carryOut(plan, disk, call, { guid, details });
      if (plan.outcome === 'deleted')
        call.log.line(`ploop snapshot ${guid} has been successfully deleted`);
      if (plan.outcome === 'merged') call.log.line('ploop snapshot has been successfully merged');
    }),
};
