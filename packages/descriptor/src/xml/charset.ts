/** What the upper half of a one-byte encoding stands for; `undefined` where a byte stands for nothing. */
type UpperHalf = (byte: number) => string | undefined;

/** The names that the tool's converter knows an encoding by, and how to find its characters. */
interface Charset {
  readonly names: RegExp;
  readonly upper: (number: string) => UpperHalf;
}

const isC1 = (character: string): boolean => character >= '\x80' && character <= '\x9f';

/** As the platform decodes them, one by one: a byte that is lost shows, and a name that is not known throws. */
function platform(label: string): UpperHalf {
  const decoder = new TextDecoder(label);
  return (byte) => {
    const character = decoder.decode(Uint8Array.of(byte));
    return character === '\uFFFD' ? undefined : character;
  };
}

/** The platform fills the gaps of these with control characters, or with what stands there in a similar encoding. */
function windows(page: string): UpperHalf {
  const upper = platform(`windows-${page}`);
  return (byte) => {
    const character = upper(byte);
    const isGap = character === undefined || isC1(character);
    return isGap || (page === '1253' && character === 'ª') ? undefined : character;
  };
}

const WINDOWS_1252 = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';
/** Node 20 reads windows-1252 as ISO-8859-1, others ISO-8859-1 as windows-1252. */
const windows1252: UpperHalf = (byte) => {
  const character = WINDOWS_1252[byte - 0x80] ?? String.fromCharCode(byte);
  return character === ' ' ? undefined : character;
};

/** The platform reads it as windows-1254. */
function latin5(): UpperHalf {
  const upper = platform('windows-1254');
  return (byte) => (byte < 0xa0 ? String.fromCharCode(byte) : upper(byte));
}

/** ASCII, control characters and Thai; the platform reads it as windows-874. */
const thai: UpperHalf = (byte) => {
  if (byte <= 0xa0) return String.fromCharCode(byte);
  const isGap = (byte > 0xda && byte < 0xdf) || byte > 0xfb;
  return isGap ? undefined : String.fromCharCode(0x0e00 + byte - 0xa0);
};

/** Browsers read a later variant. */
function ukrainian(): UpperHalf {
  const upper = platform('koi8-u');
  const box = platform('koi8-r');
  return (byte) => (byte === 0xae || byte === 0xbe ? box(byte) : upper(byte));
}

const CHARSETS: readonly Charset[] = [
  {
    names: /^(?:us-?)?ascii$/i,
    upper: () => () => undefined,
  },
  {
    names: /^(?:iso[-_]?8859[-_]?1|(?:iso-)?latin-?1|l1|cp819|ibm819)$/i,
    upper: () => (byte) => String.fromCharCode(byte),
  },
  {
    names: /^iso[-_]?8859[-_]?([2-8]|1[0345])$/i,
    upper: (part) => platform(`iso-8859-${part}`),
  },
  { names: /^(?:iso-)?latin-?([2-4])$/i, upper: (part) => platform(`iso-8859-${part}`) },
  { names: /^(?:iso[-_]?8859[-_]?9|latin5)$/i, upper: latin5 },
  { names: /^iso[-_]?8859[-_]?11$/i, upper: () => thai },
  { names: /^(?:windows-|cp)1252$/i, upper: () => windows1252 },
  { names: /^(?:windows-|cp)(1256)$/i, upper: () => platform('windows-1256') },
  { names: /^(?:windows-|cp)(125[01347])$/i, upper: windows },
  { names: /^koi8-?r$/i, upper: () => platform('koi8-r') },
  { names: /^koi8-?u$/i, upper: ukrainian },
  { names: /^(?:cp|ibm)866$/i, upper: () => platform('ibm866') },
];

/**
 * Encodings whose lower half is ASCII, and whose upper half is not decoded here: it has more than one byte a character,
 * composes characters, or is read differently from platform to platform.
 */
const LOWER_HALF_ONLY =
  /^(?:gbk|gb2312|gb18030|big-?5|euc-?(?:jp|kr|cn|tw)|(?:cp|ibm)(?:437|850|852|855|857|858|86[01235]|869|874)|windows-(?:874|1255|1258)|cp125[58]|mac(?:intosh)?|iso-?8859-?16|koi8-t|tis-?620)$/i;

/** Text of a one-byte encoding by name. */
export type CharsetText =
  | { readonly text: string }
  /** The first byte that stands for nothing, and what stands before it. */
  | { readonly text: undefined; readonly before: string };

/**
 * Bytes in a declared encoding of one byte a character, read as glibc's converter reads them, which the tool's parser
 * uses; `undefined` where the encoding is not known here, or the platform lacks it.
 */
export function decodeCharset(name: string, bytes: Uint8Array): CharsetText | undefined {
  const lowerOnly = LOWER_HALF_ONLY.test(name);
  if (lowerOnly && bytes.some((byte) => byte > 0x7f)) return undefined;
  const found = upperHalfOf(lowerOnly ? 'ascii' : name);
  if (found === undefined) return undefined;
  const step = 8192;
  const table = Array.from({ length: 256 }, (_, byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : found(byte),
  );
  let text = '';
  for (let start = 0; start < bytes.length; start += step) {
    const part = Array.from(bytes.subarray(start, start + step), (byte) => table[byte]);
    const bad = part.indexOf(undefined);
    if (bad !== -1) return { text: undefined, before: text + part.slice(0, bad).join('') };
    text += part.join('');
  }
  return { text };
}

function upperHalfOf(name: string): UpperHalf | undefined {
  for (const { names, upper } of CHARSETS) {
    const match = names.exec(name);
    if (match === null) continue;
    try {
      return upper(match[1] ?? '');
    } catch {
      return undefined;
    }
  }
  return undefined;
}
