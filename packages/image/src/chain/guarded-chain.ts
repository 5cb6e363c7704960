import type { ChainLayer } from './chain-layer.ts';
import { checkedChain } from './checked-chain.ts';
import type { Chain, ChainContent } from './open-chain.ts';

/**
 * A chain that refuses clusters which have their place in the file in common: at least one of two is wrong, and nothing
 * says which.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`. Its segments throw `CLUSTER_SHARED` besides.
 */
export async function guardedChain(
  chain: Chain,
  signal: AbortSignal | undefined,
): Promise<ChainContent> {
  const layers: ChainLayer[] = [];
  for (const layer of chain.layers) {
    const { source, image } = layer;
    layers.push({ ...layer, image: await image.guarded(source, signal) });
  }
  const isSound = layers.every(({ image }, index) => image === chain.layers[index]?.image);
  return isSound ? chain : checkedChain(chain, layers);
}
