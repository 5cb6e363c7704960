import { done } from '@ploop/descriptor/internal';
import { decompress } from 'fzstd';

import type { Decoder } from '../../decoder.ts';
import { zstdFrame } from './zstd-frame.ts';

/** Decompresses a zstd frame in JavaScript. */
export const unzstd: Decoder = (bytes, length) =>
  done(decompress(zstdFrame(bytes, length), new Uint8Array(length)));
