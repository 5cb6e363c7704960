import { buildGraph, TOP_GUID } from '@ploop/descriptor';
import { checkImage } from '@ploop/image';

import { ExitCode } from '../../errors/exit-codes.ts';
import { withImage } from '../image-file.ts';
import { isRawBase, withDisk } from '../simulated-disk.ts';
import type { SimulatedCommand } from '../simulation.ts';
import { ToolExit } from '../tool-exit.ts';
import { operandOf } from './operand.ts';

/** `ploop check` of a disk: every image of a chain, the top last. */
export const check: SimulatedCommand = {
  shape: 'fcrdu:RsSDv',
  usage: '[-u UUID] DiskDescriptor.xml',
  run: (call) =>
    withDisk(operandOf(call), call, async ({ descriptor, path }) => {
      const wanted = call.words.options.get('u') ?? descriptor.topGuid ?? TOP_GUID;
      const chain = buildGraph(descriptor).chain(wanted);
      for (const { image } of chain) {
        if (image === undefined || isRawBase(image.file, descriptor)) continue;
        const file = path(image.file);
        const { diagnostics } = await withImage(file, (source) => checkImage(source));
        const error = diagnostics.find(({ severity }) => severity === 'error');
        if (error !== undefined) throw new ToolExit(ExitCode.PLOOPFMT, `${file}: ${error.code}`);
      }
    }),
};
