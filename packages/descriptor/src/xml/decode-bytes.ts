import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { decodeCharset } from './charset.ts';
import { positionAt } from './position.ts';

/** The text of a document and what it was written in, or why its bytes are not one. */
export type Decoded =
  | { readonly text: string; readonly encoding: string; readonly markBytes: number }
  | { readonly text: undefined; readonly finding: Diagnostic };

const DECLARED =
  /^<\?xml[ \t\r\n][^>]*?[ \t\r\n]encoding[ \t\r\n]*=[ \t\r\n]*["']([A-Za-z][\w.-]*)["']/;
/** A declaration is the first thing in a document, and no writer makes one longer. */
const LONGEST_DECLARATION = 1_000_000;

/** An encoding of more than one byte a character, recognised by its first bytes. */
interface Wide {
  readonly encoding: string;
  /** A byte order mark, or `<?` or `<` in this encoding. */
  readonly starts: readonly (readonly number[])[];
  /** What such a document may be declared as: libxml2 takes UTF-8 and UTF-16 for any of them. */
  readonly names: RegExp;
  readonly unit: number;
}

const WIDE: readonly Wide[] = [
  {
    encoding: 'UCS-4BE',
    starts: [[0, 0, 0, 0x3c]],
    names: /^(?:utf-?(?:8|16)|ucs-?4|(?:ucs-4|utf-?32)be)$/i,
    unit: 4,
  },
  {
    encoding: 'UTF-16LE',
    starts: [
      [0xff, 0xfe],
      [0x3c, 0, 0x3f, 0],
    ],
    names: /^(?:utf-?(?:8|16|16le)|ucs-?2|ucs-2le)$/i,
    unit: 2,
  },
  {
    encoding: 'UTF-16BE',
    starts: [
      [0xfe, 0xff],
      [0, 0x3c, 0, 0x3f],
    ],
    names: /^(?:utf-?(?:8|16|16be)|ucs-2be)$/i,
    unit: 2,
  },
];

/**
 * Bytes as text, by byte order mark and XML declaration. As libxml2 2.9 does it: UTF-16 and big-endian UCS-4 are also
 * recognised without a mark, a declared one-byte encoding wins over a UTF-8 mark, and an incomplete character at the end
 * of UTF-16 is not a fault.
 */
export function decodeBytes(bytes: Uint8Array): Decoded {
  const wide = WIDE.find(({ starts }) => starts.some((start) => startsWith(bytes, start)));
  if (wide !== undefined) return decodeWide(wide, bytes);
  const markBytes = startsWith(bytes, [0xef, 0xbb, 0xbf]) ? 3 : 0;
  const body = bytes.subarray(markBytes);
  const encoding = declaredIn(latin1(firstTag(body))) ?? 'UTF-8';
  if (/^(?:utf-?(?:16|32)|ucs-?[24])/i.test(encoding)) return failed('ENCODING_INVALID', encoding);
  if (/^utf-?8$/i.test(encoding)) return decodeUnicode('utf-8', encoding, body, markBytes);
  const decoded = decodeCharset(encoding, body);
  if (decoded === undefined) return failed('ENCODING_UNSUPPORTED', encoding);
  const { text } = decoded;
  return text === undefined ? invalid(encoding, decoded.before) : { text, encoding, markBytes };
}

function declaredIn(text: string): string | undefined {
  return DECLARED.exec(text)?.[1];
}

function firstTag(bytes: Uint8Array): Uint8Array {
  if (!startsWith(bytes, [0x3c, 0x3f])) return bytes.subarray(0, 0);
  const start = bytes.subarray(0, LONGEST_DECLARATION);
  return start.subarray(0, start.indexOf(0x3e) + 1);
}

function decodeWide({ encoding, names, unit }: Wide, bytes: Uint8Array): Decoded {
  const markBytes = bytes[0] === 0xff || bytes[0] === 0xfe ? 2 : 0;
  const whole = bytes.subarray(markBytes, bytes.length - ((bytes.length - markBytes) % unit));
  const decoded =
    unit === 4
      ? decodeUcs4(encoding, whole)
      : decodeUnicode(encoding.toLowerCase(), encoding, whole, markBytes);
  if (decoded.text === undefined) return decoded;
  const declared = declaredIn(decoded.text.slice(0, LONGEST_DECLARATION));
  return declared === undefined || names.test(declared)
    ? decoded
    : failed('ENCODING_INVALID', declared);
}

function decodeUcs4(encoding: string, bytes: Uint8Array): Decoded {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let text = '';
  for (let at = 0; at < bytes.length; at += 4) {
    const point = view.getUint32(at);
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return invalid(encoding, text);
    text += String.fromCodePoint(point);
  }
  return { text, encoding, markBytes: 0 };
}

function decodeUnicode(
  label: string,
  encoding: string,
  bytes: Uint8Array,
  markBytes: number,
): Decoded {
  try {
    const text = new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.startsWith('\uFEFF')
      ? failed('ENCODING_INVALID', encoding)
      : { text, encoding, markBytes };
  } catch {
    return invalid(encoding, validPart(label, bytes));
  }
}

/** What stands before the first undecodable byte, found by halving. */
function validPart(label: string, bytes: Uint8Array): string {
  const prefix = (length: number): string | undefined => {
    try {
      const decoder = new TextDecoder(label, { fatal: true });
      return decoder.decode(bytes.subarray(0, length), { stream: true });
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
  return prefix(good) ?? '';
}

function invalid(encoding: string, before: string): Decoded {
  const finding = diagnostic('ENCODING_INVALID', { encoding }, positionAt(before, before.length));
  return { text: undefined, finding };
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
