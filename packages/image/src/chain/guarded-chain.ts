import { DescriptorError } from '@ploop/descriptor';

import { sharedPlaces, type SharedPlaces } from '../formats/ploop/check/shared-places.ts';
import type { ChainLayer } from './chain-layer.ts';
import { checkedChain } from './checked-chain.ts';
import type { Chain, ChainContent } from './open-chain.ts';
import { soundOnly } from './segments.ts';

/** By layer: which of its clusters have their place in the file in common. Layers without any are left out. */
export async function sharedByLayer(
  layers: readonly ChainLayer[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<ChainLayer, SharedPlaces>> {
  const found = new Map<ChainLayer, SharedPlaces>();
  for (const layer of layers) {
    const { source, layout } = layer;
    const places = layout && (await sharedPlaces(source, layout, signal));
    if (places !== undefined) found.set(layer, places);
  }
  return found;
}

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
  const shared = await sharedByLayer(chain.layers, signal);
  if (shared.size === 0) return chain;
  return checkedChain(chain, chain.layers, (layer, cluster, entry) => {
    const fault = shared.get(layer)?.(cluster, entry);
    if (fault !== undefined) throw new DescriptorError([fault]);
    return soundOnly(layer, cluster, entry);
  });
}
