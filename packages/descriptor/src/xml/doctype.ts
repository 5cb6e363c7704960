const NAME = String.raw`[\p{L}_:][\p{L}\p{N}_:.\-\u00B7]*`;
const LITERAL = String.raw`(?:"[^"]*"|'[^']*')`;
const EXTERNAL = String.raw`(?:SYSTEM\s+${LITERAL}|PUBLIC\s+${LITERAL}\s+${LITERAL})`;
const REFERENCES = String.raw`&(?:#[0-9]+|#x[0-9a-fA-F]+|${NAME});`;
const VALUE = String.raw`(?:"(?:[^%&"]|${REFERENCES})*"|'(?:[^%&']|${REFERENCES})*')`;

const sticky = (source: string): RegExp => new RegExp(source, 'uy');

// libxml2 does not insist on the space before the name.
const HEAD = sticky(String.raw`\s*${NAME}(?:\s+${EXTERNAL})?\s*`);
const ENTITY = sticky(
  String.raw`<!ENTITY\s+(${NAME})\s+(?:(${VALUE})|${EXTERNAL}(?:\s+NDATA\s+${NAME})?)\s*>`,
);
const OTHERS: readonly RegExp[] = [
  sticky(String.raw`\s+`),
  sticky(String.raw`<!--(?:-?[^-])*-->`),
  sticky(String.raw`<\?(?!xml[\s?])${NAME}(?:\s[^?]*(?:\?[^>?][^?]*)*)?\?+>`),
  sticky(String.raw`<!ENTITY\s+%\s+${NAME}\s+(?:${VALUE}|${EXTERNAL})\s*>`),
  sticky(String.raw`<!(?:ELEMENT|ATTLIST|NOTATION)\s+${NAME}\s(?:[^<>"']|${LITERAL})*>`),
];
const SUBSTANCE = /<|&(?!(?:#[0-9]+|#x[0-9a-fA-F]+|amp|lt|gt|quot|apos);)/;

/** What a document type declaration declares. */
export interface Doctype {
  /** Names of the general entities that may be referred to. */
  readonly entities: readonly string[];
}

/**
 * Reads what stands between `<!DOCTYPE` and its `>`; `undefined` where that is malformed or needs parameter entities.
 * Entities that hold markup or refer to others count as not declared, so that none is ever expanded.
 */
export function parseDoctype(doctype: string): Doctype | undefined {
  let at = match(HEAD, doctype, 0)?.end;
  if (at === undefined) return undefined;
  if (at === doctype.length) return { entities: [] };
  if (doctype[at] !== '[') return undefined;
  at += 1;
  const entities: string[] = [];
  while (doctype[at] !== ']') {
    const entity = match(ENTITY, doctype, at);
    const [, name, value] = entity?.groups ?? [];
    if (name !== undefined && !SUBSTANCE.test(value ?? '')) entities.push(name);
    const next = entity ?? OTHERS.map((pattern) => match(pattern, doctype, at ?? 0)).find(Boolean);
    if (next === undefined) return undefined;
    at = next.end;
  }
  return doctype.slice(at + 1).trim() === '' ? { entities } : undefined;
}

function match(
  pattern: RegExp,
  text: string,
  at: number,
): { readonly end: number; readonly groups: readonly (string | undefined)[] } | undefined {
  pattern.lastIndex = at;
  const groups = pattern.exec(text);
  return groups === null ? undefined : { end: pattern.lastIndex, groups };
}
