/** Control, formatting and separator characters and halves of characters: what moves a cursor, or reorders or forges a line. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text of the tool, of a path or of a caller as it may stand in a message: one line, nothing invisible. */
export function oneLine(text: string): string {
  return text.replace(
    UNSAFE,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** The non-empty lines of an output for people. Tabs stay: the tool separates columns with them. */
export function reportLines(output: string): readonly string[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t').map(oneLine).join('\t'));
}
