import { DescriptorError } from '../../errors.ts';
import { guardedChain } from '../../image/guarded-chain.ts';
import type { Chain } from '../../image/open-chain.ts';
import { isTooManyOpen } from '../../too-many-open.ts';

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
