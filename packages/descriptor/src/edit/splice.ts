/** A part of a text that is replaced. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  /** ASCII only, so that every encoding can hold it. */
  readonly text: string;
}

/** In order of their place; two at one place in the order in which they were made. */
function inOrder(splices: readonly Splice[]): readonly Splice[] {
  return splices.toSorted((one, other) => one.start - other.start || one.end - other.end);
}

/** The text with its parts replaced; everything else is as it was. */
export function spliceText(text: string, splices: readonly Splice[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, text: replacement } of inOrder(splices)) {
    result += text.slice(at, start) + replacement;
    at = end;
  }
  return result + text.slice(at);
}

/** How the text of a document lies in its bytes. */
export type ByteForm = 'utf-8' | 'utf-16le' | 'utf-16be' | 'single';

/** The bytes with parts of their text replaced; every other byte is as it was. `lead` bytes come before the text. */
export function spliceBytes(
  bytes: Uint8Array,
  text: string,
  splices: readonly Splice[],
  { form, lead }: { readonly form: ByteForm; readonly lead: number },
): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  let atByte = lead;
  const advance = (offset: number): number => {
    atByte += lengthIn(form, text.slice(at, offset));
    at = offset;
    return atByte;
  };
  let kept = 0;
  for (const { start, end, text: replacement } of inOrder(splices)) {
    parts.push(bytes.subarray(kept, advance(start)), encodeAscii(form, replacement));
    kept = advance(end);
  }
  parts.push(bytes.subarray(kept));
  return concatenate(parts);
}

function lengthIn(form: ByteForm, text: string): number {
  if (form === 'single') return text.length;
  return form === 'utf-8' ? new TextEncoder().encode(text).length : 2 * text.length;
}

function encodeAscii(form: ByteForm, text: string): Uint8Array {
  const codes = Array.from(text, (character) => character.charCodeAt(0));
  if (form === 'utf-16le') return Uint8Array.from(codes.flatMap((code) => [code, 0]));
  if (form === 'utf-16be') return Uint8Array.from(codes.flatMap((code) => [0, code]));
  return Uint8Array.from(codes);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
