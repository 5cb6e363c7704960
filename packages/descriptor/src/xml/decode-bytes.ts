import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { positionAt } from './position.ts';

/** The text of a document and what it was written in, or why its bytes are none. */
export type Decoded =
  | { readonly text: string; readonly encoding: string; readonly markBytes: number }
  | { readonly text: undefined; readonly finding: Diagnostic };

const DECLARED = /^<\?xml\s[^>]*?\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']/;

/**
 * Bytes as text, by byte order mark and XML declaration. As libxml2 2.9 does it: UTF-16 is also recognised without
 * a mark, and a declared 8-bit encoding wins over a UTF-8 mark.
 */
export function decodeBytes(bytes: Uint8Array): Decoded {
  const wide = utf16Of(bytes);
  if (wide !== undefined)
    return decodeAs(wide, bytes, bytes[0] === 0xff || bytes[0] === 0xfe ? 2 : 0);
  const markBytes = startsWith(bytes, [0xef, 0xbb, 0xbf]) ? 3 : 0;
  const body = bytes.subarray(markBytes);
  const encoding = DECLARED.exec(latin1(body.subarray(0, endOfFirstTag(body))))?.[1] ?? 'UTF-8';
  if (/^utf-?16|^ucs-?2/i.test(encoding)) return failed('ENCODING_INVALID', encoding);
  return decodeAs(encoding, body, markBytes);
}

/** A declaration is short, and the first thing in a document. */
function endOfFirstTag(bytes: Uint8Array): number {
  return bytes.subarray(0, 512).indexOf(0x3e) + 1;
}

function utf16Of(bytes: Uint8Array): string | undefined {
  if (startsWith(bytes, [0xff, 0xfe]) || startsWith(bytes, [0x3c, 0, 0x3f, 0])) return 'UTF-16LE';
  if (startsWith(bytes, [0xfe, 0xff]) || startsWith(bytes, [0, 0x3c, 0, 0x3f])) return 'UTF-16BE';
  return undefined;
}

function decodeAs(encoding: string, bytes: Uint8Array, markBytes: number): Decoded {
  const decoded = (text: string): Decoded => ({ text, encoding, markBytes });
  // TextDecoder takes both of these labels for windows-1252, which libxml2 does not.
  if (/^(us-)?ascii$/i.test(encoding))
    return bytes.some((byte) => byte > 0x7f)
      ? failed('ENCODING_INVALID', encoding)
      : decoded(latin1(bytes));
  if (/^(iso-8859-1|iso-latin-1|latin1)$/i.test(encoding)) return decoded(latin1(bytes));
  // Node 20 and the WHATWG names read others not as libxml2 does: better no file name than a wrong one.
  if (!/^utf-?8$|^utf-16[lb]e$/i.test(encoding)) return failed('ENCODING_UNSUPPORTED', encoding);
  try {
    const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
    const text = decoder.decode(markBytes === 2 ? bytes.subarray(2) : bytes);
    return text.startsWith('\uFEFF') ? failed('ENCODING_INVALID', encoding) : decoded(text);
  } catch {
    return invalid(encoding, bytes);
  }
}

/** Says where the first undecodable byte is, found by halving. */
function invalid(encoding: string, bytes: Uint8Array): Decoded {
  const prefix = (length: number): string | undefined => {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(0, length), {
        stream: true,
      });
    } catch {
      return undefined;
    }
  };
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    if (prefix(middle) === undefined) bad = middle;
    else good = middle;
  }
  const text = prefix(good) ?? '';
  return {
    text: undefined,
    finding: diagnostic('ENCODING_INVALID', { encoding }, positionAt(text, text.length)),
  };
}

function failed(code: 'ENCODING_INVALID' | 'ENCODING_UNSUPPORTED', encoding: string): Decoded {
  return { text: undefined, finding: diagnostic(code, { encoding }) };
}

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, index) => bytes[index] === byte);
}

function latin1(bytes: Uint8Array): string {
  const step = 8192;
  let text = '';
  for (let start = 0; start < bytes.length; start += step)
    text += String.fromCharCode(...bytes.subarray(start, start + step));
  return text;
}
