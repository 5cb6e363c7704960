/**
 * Control, formatting and separator characters: what could move a cursor, reorder a line or forge one; and
 * noncharacters, which XML forbids in part.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

/** Text that is safe on a terminal: one line, nothing invisible. */
export function printable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
