import { bytes, type Bytes } from '@ploop/descriptor';
import type { Content } from '@ploop/descriptor/internal';

import type { Superblocks } from '../superblocks.ts';

/** One kind of content, or several of one family: what is there, or `undefined` if it is not of that kind. */
export type Kind = (blocks: Superblocks) => Content | undefined;

/** A size of so many blocks, if it can be one. */
export function sizeOf(blocks: number | bigint, blockSize: number): Bytes | undefined {
  const size = BigInt(blocks) * BigInt(blockSize);
  return size > 0n && size <= BigInt(Number.MAX_SAFE_INTEGER) ? bytes(Number(size)) : undefined;
}

/** Whether a number is a power of two between two others. */
export function isPower(value: number, least: number, most: number): boolean {
  return value >= least && value <= most && Number.isInteger(Math.log2(value));
}

/** A text of fixed length that spaces or NULs fill up. */
export function paddedText(bytes: Uint8Array | undefined): string | undefined {
  const [text = ''] = new TextDecoder().decode(bytes).split('\0');
  const trimmed = text.trimEnd();
  return trimmed === '' ? undefined : trimmed;
}
