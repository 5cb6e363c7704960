import { done } from '@ploop/descriptor/internal';
import { inflateSync } from 'fflate';

import type { Decoder } from '../../decoder.ts';

/** Decompresses raw deflate in JavaScript. */
export const inflate: Decoder = (bytes, length) =>
  done(inflateSync(bytes, { out: new Uint8Array(length) }));
