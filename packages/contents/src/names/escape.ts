import { bytesOfName, nameOfBytes } from './name.ts';

const LETTERS: Readonly<Record<string, string>> = {
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  ' ': ' ',
  '\\': '\\',
};
const BY_LETTER = new Map(
  Object.entries(LETTERS).map(([character, letter]) => [letter, character]),
);
/** What a terminal must not get, and bytes that are not UTF-8. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp} \\]/gu;

/** A name as `ls -b` prints it: safe on a terminal, and in one line. `unescapedName` returns the same name. */
export function escapedName(name: string): string {
  return name.replace(UNSAFE, (character) => {
    const letter = LETTERS[character];
    return letter === undefined ? octal(bytesOfName(character)) : `\\${letter}`;
  });
}

/** The name that a text as `ls -b` prints it stands for; `undefined` if it is not such a text. */
export function unescapedName(text: string): string | undefined {
  const bytes: number[] = [];
  for (const [part, octals, letter] of text.matchAll(/\\([0-7]{3})|\\([^0-7])|[^\\]+|\\/gsu)) {
    if (octals !== undefined) bytes.push(Number.parseInt(octals, 8));
    else {
      const plain = letter === undefined ? part : BY_LETTER.get(letter);
      if (plain === undefined || (plain === '\\') !== (letter === '\\')) return undefined;
      for (const byte of bytesOfName(plain)) bytes.push(byte);
    }
  }
  return bytes.some((byte) => byte > 0xff) ? undefined : nameOfBytes(Uint8Array.from(bytes));
}

function octal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
