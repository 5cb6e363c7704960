/** libxml2's limits; a document beyond them is refused by the tool. */
export const XML_LIMITS = {
  /** Levels of elements. */
  depth: 257,
  /** Bytes in UTF-8 of one text, comment, CDATA section or processing instruction. */
  text: 10_000_000,
  /** Bytes in UTF-8 of the name of an element, an attribute or an instruction. */
  name: 50_000,
  /** Characters of a start tag; in truth a few dozen more, by what stands before it. */
  tag: 9_999_900,
} as const;

/** A limit that a document can exceed. */
export type XmlLimit = keyof typeof XML_LIMITS;

/** Whether a text has more bytes in UTF-8 than a limit. */
export function exceeds(limit: 'text' | 'name', text: string): boolean {
  const most = XML_LIMITS[limit];
  // A UTF-16 unit has at most three bytes.
  return text.length * 3 > most && new TextEncoder().encode(text).length > most;
}

/** The limit that a start tag exceeds, which is `length` characters long. */
export function limitOfTag(
  name: string,
  attributes: Readonly<Record<string, unknown>>,
  length: number,
): XmlLimit | undefined {
  if (length > XML_LIMITS.tag) return 'tag';
  if (length * 3 <= XML_LIMITS.name) return undefined;
  const parts = [name, ...Object.keys(attributes)].flatMap((one) => one.split(':'));
  return parts.some((part) => exceeds('name', part)) ? 'name' : undefined;
}
