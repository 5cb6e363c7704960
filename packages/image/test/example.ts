import { openChain, type ImageSource } from '../src/index.ts';

export async function firstSectorOf(sources: readonly ImageSource[]): Promise<Uint8Array> {
  const chain = await openChain(sources);
  return chain.read(0, 512);
}
