import { planMerge, type PlanMergeInput } from '@ploop/descriptor/plan';

import { carryOut } from '../carry-out.ts';
import { withDisk } from '../simulated-disk.ts';
import type { Call, SimulatedCommand } from '../simulation.ts';
import { operandOf } from './operand.ts';

/** `ploop snapshot-merge`: one snapshot into its parent, a range, or all. */
export const snapshotMerge: SimulatedCommand = {
  shape: 'u:U:An:',
  usage: '[-u UUID | -A] [-n FILE] DiskDescriptor.xml',
  run: (call) =>
    withDisk(operandOf(call), call, async (disk) => {
      const { options } = call.words;
      const guid = options.get('u');
      const ancestor = options.get('U');
      const plan = planMerge(disk.descriptor, inputOf(call), {
        release: call.simulation.release,
        directory: disk.directory,
      });
      await carryOut(plan, disk, call, {
        guid: guid ?? disk.descriptor.topGuid ?? '',
        other: ancestor ?? '',
      });
      if (plan.outcome === 'merged') call.log.line('ploop snapshot has been successfully merged');
    }),
};

function inputOf({ words: { options } }: Call): PlanMergeInput {
  const guid = options.get('u');
  const newFile = options.get('n');
  const into = newFile === undefined ? {} : { newFile };
  if (options.has('A')) return { all: true, ...into };
  return guid === undefined ? into : { guid, ancestor: options.get('U'), ...into };
}
