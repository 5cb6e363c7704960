/**
 * Control, formatting and separator characters: what could move a cursor, reorder a line or forge one; what shows
 * nothing or a blank that is not a space (fillers, joiners, variation selectors, the empty Braille pattern); and
 * noncharacters, which XML forbids in part. A backslash only in front of what would read as one of these.
 */
const UNPRINTABLE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\p{Noncharacter_Code_Point}]|\\(?=u\{)|(?! )\p{Zs}/gu;

/** Text that is safe on a terminal: one line, nothing invisible, and two texts never look the same for that. */
export function printable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
