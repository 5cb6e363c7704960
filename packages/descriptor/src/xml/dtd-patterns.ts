const START = String.raw`:A-Z_a-z\xC0-\xD6\xD8-\xF6\xF8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\u{10000}-\u{EFFFF}`;
const PART = String.raw`[\u0300-\u036F${START}\-.0-9\xB7\u203F\u2040]`;
const NAME = `[${START}]${PART}*`;
const S = String.raw`[ \t\r\n]`;
const LITERAL = `(?:"[^"]*"|'[^']*')`;
const PUBLIC = String.raw`(?:"[\w \r\n\-'()+,./:=?;!*#@$%]*"|'[\w \r\n\-()+,./:=?;!*#@$%]*')`;
const EXTERNAL = `(?:SYSTEM${S}+(${LITERAL})|PUBLIC${S}+${PUBLIC}${S}+(${LITERAL}))`;
const CHARACTER = '#(?:[0-9]+|x[0-9a-fA-F]+)';
const VALUE = [`"'`, `'"`]
  .map((q) => `${q[0] ?? ''}(?:[^%&${q[0] ?? ''}]|&(?:${NAME}|${CHARACTER});)*${q[0] ?? ''}`)
  .join('|');
const byDefault = (literal: string): string => `(?:#REQUIRED|#IMPLIED|(?:#FIXED${S}+)?${literal})`;
const NAMES = (one: string): string => String.raw`\(${S}*${one}(?:${S}*\|${S}*${one})*${S}*\)`;
const TYPE = `(?:CDATA|IDREFS?|ID|ENTITY|ENTITIES|NMTOKENS?|NOTATION${S}+${NAMES(NAME)}|${NAMES(`${PART}+`)})`;

const sticky = (source: string): RegExp => new RegExp(source, 'uy');

/**
 * The parts of a document type declaration, as libxml2 2.9 reads them: with XML 1.0's own white space and names, no
 * space before the name of a DOCTYPE, and an NDATA that may lack its name.
 */
export const DTD = {
  head: sticky(`${S}*${NAME}(?:${S}+${EXTERNAL})?${S}*`),
  blank: sticky(`${S}+`),
  comment: sticky('<!--(?:-?[^-])*-->'),
  instruction: sticky(
    String.raw`<\?(?![xX][mM][lL][\s?])${NAME}(?:${S}[^?]*(?:\?+[^>?][^?]*)*\?*)?\?>`,
  ),
  parameterEntity: sticky(`<!ENTITY${S}+%${S}+(${NAME})${S}+(?:(${VALUE})|${EXTERNAL})${S}*>`),
  entity: sticky(
    `<!ENTITY${S}+(${NAME})${S}+(?:(${VALUE})|${EXTERNAL}(${S}+NDATA${S}+(?:${NAME})?)?)${S}*>`,
  ),
  reference: sticky(`%(${NAME});`),
  notation: sticky(`<!NOTATION${S}+${NAME}${S}+(?:${EXTERNAL}|PUBLIC${S}+${PUBLIC})${S}*>`),
  attributes: sticky(
    `<!ATTLIST${S}+(${NAME})((?:${S}+${NAME}${S}+${TYPE}${S}+${byDefault(LITERAL)})*)${S}*>`,
  ),
  attribute: sticky(`${S}+(${NAME})${S}+${TYPE}${S}+${byDefault(`(${LITERAL})`)}`),
  elementHead: sticky(`<!ELEMENT${S}+${NAME}${S}+`),
  simpleContent: sticky(
    String.raw`EMPTY|ANY|\(${S}*#PCDATA${S}*(?:(?:\|${S}*${NAME}${S}*)+\)\*|\)\*?)`,
  ),
  groupStart: sticky(String.raw`${S}*\(`),
  particle: sticky(`${S}*${NAME}[?*+]?${S}*`),
  groupEnd: sticky(String.raw`\)[?*+]?${S}*`),
  end: sticky(`${S}*>`),
} as const;

/** References within an entity value or an attribute: `&name;`, and those to characters. */
export const REFERENCES = new RegExp(`&(?:(${NAME});|(${CHARACTER});)?`, 'gu');

/** What XML 1.0 does not allow anywhere. */
export const NO_CHARACTER = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** What a reference like `#65` or `#x41` stands for; `undefined` where XML has no such character. */
export function characterOf(reference: string): string | undefined {
  const point = reference.startsWith('#x')
    ? Number.parseInt(reference.slice(2), 16)
    : Number.parseInt(reference.slice(1), 10);
  const character = point > 0x10ffff ? '\0' : String.fromCodePoint(point);
  return NO_CHARACTER.test(character) ? undefined : character;
}

const WHOLE_NAME = new RegExp(`^${NAME}$`, 'u');

/** Whether a text is a name of XML 1.0. */
export function isName(text: string): boolean {
  return WHOLE_NAME.test(text);
}

/** What was found at a place. */
export interface Match {
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
}

/** What a pattern of {@link DTD} finds at an offset. */
export function match(pattern: RegExp, text: string, at: number): Match | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  return found === null ? undefined : { end: pattern.lastIndex, groups: found.slice(1) };
}
