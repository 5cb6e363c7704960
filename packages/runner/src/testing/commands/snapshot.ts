import { planSnapshot } from '@ploop/descriptor/plan';

import { ExitCode } from '../../errors/exit-codes.ts';
import { carryOut } from '../carry-out.ts';
import { topImage, withDisk } from '../simulated-disk.ts';
import type { SimulatedCommand } from '../simulation.ts';
import { notSimulated } from '../tool-exit.ts';
import { operandOf } from './operand.ts';

/** `ploop snapshot`: the top becomes a snapshot, and a new delta the top. */
export const snapshot: SimulatedCommand = {
  shape: 'u:b:oF',
  usage: '[-u UUID] DiskDescriptor.xml',
  run: (call) =>
    withDisk(operandOf(call), call, async (disk) => {
      const { simulation, words, log } = call;
      if (words.options.has('b')) throw notSimulated('tracking of changed blocks');
      const guid = words.options.get('u') ?? simulation.randomGuid();
      const { randomGuid, release } = simulation;
      const plan = planSnapshot(
        disk.descriptor,
        { guid },
        { release, directory: disk.directory, randomGuid },
      );
      const opening = `Opening delta ${disk.path(topImage(disk).file)}`;
      // Such a refusal comes after the top was opened.
      if (plan.refusals.some(({ exitCode }) => exitCode === ExitCode.CREAT)) log.line(opening);
      await carryOut(plan, disk, call, {
        guid,
        lines: [opening],
        details: [`Adding snapshot ${plan.descriptor.topGuid ?? ''}`],
      });
      log.line(`ploop snapshot ${guid} has been successfully created`);
    }),
};
