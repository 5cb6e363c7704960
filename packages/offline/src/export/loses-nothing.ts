import { DescriptorError } from '@ploop/descriptor';
import { isTooManyOpen } from '@ploop/descriptor/internal';
import type { Chain } from '@ploop/image';
import { guardedChain } from '@ploop/image/internal';

/** Whether the block tables say where every byte of a disk before `end` is, so that a salvage has lost none of them. */
export async function losesNothing(
  chain: Chain,
  end: number,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const walk = (await guardedChain(chain, signal)).segments({ end });
    while ((await walk.next()).done !== true) signal.throwIfAborted();
    return true;
  } catch (error) {
    if (!(error instanceof DescriptorError) || isTooManyOpen(error)) throw error;
    return false;
  }
}
