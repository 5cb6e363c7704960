import type { Bytes } from '@ploop/descriptor';
import type { Reader, Steps } from '@ploop/descriptor/internal';

import { fixedText, viewOf } from '../bytes/fields.ts';
import { readBytes } from '../bytes/read-bytes.ts';

/** The header of LUKS; everything after it is encrypted. */
export interface LuksHeader {
  readonly version: number;
  readonly uuid: string | undefined;
}

const HEADER_BYTES = 512;
const MAGIC = 'LUKS\u00BA\u00BE';
/** Both versions have it there. */
const UUID = { start: 168, end: 208 };
const LATEST = 2;

/** The LUKS header at the beginning of a part of a disk; `undefined` if none is known. */
export function* luksIn(read: Reader, start: Bytes, length: Bytes): Steps<LuksHeader | undefined> {
  if (length < HEADER_BYTES) return undefined;
  const block = yield* readBytes(read, start, HEADER_BYTES);
  if (block.length < HEADER_BYTES) return undefined;
  const magic = Array.from(block.subarray(0, MAGIC.length), (code) => String.fromCharCode(code));
  if (magic.join('') !== MAGIC) return undefined;
  const version = viewOf(block).getUint16(MAGIC.length);
  if (version < 1 || version > LATEST) return undefined;
  return { version, uuid: fixedText(block.subarray(UUID.start, UUID.end)) };
}
