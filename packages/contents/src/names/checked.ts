import { requireCall } from '@ploop/descriptor/arguments';

import { CONTENTS } from '../arguments.ts';
import * as escape from './escape.ts';
import * as plain from './name.ts';

/**
 * The name that bytes stand for. Names on Linux are bytes: those that are not UTF-8 become the code units U+DC80 to
 * U+DCFF, one for each. `bytesOfName` returns the same bytes.
 */
export function nameOfBytes(bytes: Uint8Array): string {
  requireCall(CONTENTS.nameOfBytes, [bytes]);
  return plain.nameOfBytes(bytes);
}

/** The bytes of a name. */
export function bytesOfName(name: string): Uint8Array {
  requireCall(CONTENTS.bytesOfName, [name]);
  return plain.bytesOfName(name);
}

/** A name as `ls -b` prints it: safe on a terminal, and in one line. `unescapedName` returns the same name. */
export function escapedName(name: string): string {
  requireCall(CONTENTS.escapedName, [name]);
  return escape.escapedName(name);
}

/** The name that a text in the form of `ls -b` stands for; `undefined` if the text is not in that form. */
export function unescapedName(text: string): string | undefined {
  requireCall(CONTENTS.unescapedName, [text]);
  return escape.unescapedName(text);
}
