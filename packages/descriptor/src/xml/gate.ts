import { SaxesParser } from 'saxes';

import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { externalIn, parseDoctype, type Doctype } from './doctype.ts';
import { isName } from './dtd-patterns.ts';
import type { Context, Entities } from './entities.ts';
import { createForeign, type Foreign } from './foreign.ts';
import { exceeds, limitOfTag, XML_LIMITS, type XmlLimit } from './limits.ts';
import { doctypeStart } from './markup.ts';
import { createOutliner, type Outline } from './outline.ts';
import { positionAt } from './position.ts';
import { syntaxError } from './syntax-error.ts';

/** No genuine descriptor has a DTD at all; longer ones are made to exhaust readers. */
const LONGEST_DOCTYPE = 1_000_000;

/** References that need no declaration. */
const PREDEFINED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/** Stands before the name of an entity in a text it was put in: no document can hold this character. */
const MARK = '\uFFFF';

/** Listened to only where there are any: each listener more makes the parser of a small document slower. */
const SECTIONS = [
  ['comment', '<!--'],
  ['cdata', '<![CDATA['],
] as const;

const NOT_USABLE = 'an entity is used that is not well-formed here.';

class Stop extends Error {}

/** What the gate says of a document: why it is not one, or the outline by which the tree is read. */
export type GateResult =
  | { readonly fault: Diagnostic; readonly outline?: undefined }
  | { readonly fault?: undefined; readonly outline: Outline; readonly foreign: Foreign };

/**
 * Lets pass what is well-formed XML 1.0. The tree reader behind this gate accepts documents that the tool's parser
 * refuses (two roots, undefined entities, control characters), so nothing reaches it unchecked. Entities that the DTD
 * declares count as defined; they are never expanded.
 */
export function passGate(text: string): GateResult {
  if (text.length === 0) return { fault: diagnostic('XML_EMPTY', {}) };
  // libxml2 reads a 1.1 document by the rules of 1.0, with a warning.
  const parser = createParser(false);
  let doctype: Doctype | undefined;
  let declared: Foreign['doctype'];
  let checkText: ((text: string) => void) | undefined;
  const outliner = createOutliner(text);
  const foreign = createForeign();
  let finding: Diagnostic | undefined;
  const stop = (found: Diagnostic): never => {
    finding = found;
    throw new Stop();
  };
  const exceeded = (limit: XmlLimit): never => {
    const position = positionAt(text, Math.max(0, parser.position - 1));
    return stop(diagnostic('XML_LIMIT', { limit, most: XML_LIMITS[limit] }, position));
  };

  parser.on('error', (error) => {
    if (!isLenientVersion(text, parser.position)) stop(syntaxError(text, error, parser.position));
  });
  parser.on('doctype', () => {
    const start = doctypeStart(text);
    const declaration = text.slice(start, parser.position - 1);
    const read =
      declaration.length > LONGEST_DOCTYPE ? 0 : parseDoctype(declaration, isStandalone(text));
    if (typeof read !== 'number') {
      doctype = read;
      declared = { start: text.lastIndexOf('<!D', start), external: externalIn(declaration) };
      checkText = watchEntities(parser, read.entities, () => parser.fail(NOT_USABLE));
      return;
    }
    const reason = 'malformed document type declaration';
    stop(diagnostic('XML_SYNTAX', { reason }, positionAt(text, start + read)));
  });
  parser.on('processinginstruction', ({ target, body }) => {
    const unspaced = `<?${target}${body}?>`;
    if (body.startsWith('?') && text.slice(0, parser.position).endsWith(unspaced))
      parser.fail('no white space after the name of an instruction.');
    if (exceeds('text', body)) exceeded('text');
    if (exceeds('name', target)) exceeded('name');
  });
  for (const [section, mark] of SECTIONS)
    if (text.includes(mark))
      parser.on(section, (content) => {
        if (exceeds('text', content)) exceeded('text');
        if (section === 'comment') foreign.comment(text.lastIndexOf('<!--', parser.position));
      });
  parser.on('opentag', ({ name, attributes }) => {
    if (outliner.open(parser.position) > XML_LIMITS.depth) exceeded('depth');
    foreign.open(name, outliner.start());
    const limit = limitOfTag(name, attributes, parser.position - outliner.start());
    if (limit !== undefined) exceeded(limit);
  });
  parser.on('closetag', () => {
    outliner.close(parser.position);
    foreign.close();
  });
  parser.on('text', (run) => {
    if (exceeds('text', run)) exceeded('text');
    checkText?.(run);
  });

  try {
    parser.write(text).close();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  if (finding !== undefined) return { fault: finding };
  return {
    outline: { ...outliner.outline(), prefixes: doctype?.prefixes },
    foreign: { ...foreign.found(), doctype: declared },
  };
}

function createParser(fragment: boolean): SaxesParser {
  const parser = new SaxesParser({ fragment, forceXMLVersion: true, defaultXMLVersion: '1.0' });
  parser.ENTITIES = Object.assign(Object.create(null) as object, PREDEFINED);
  return parser;
}

/**
 * Lets a parser know entities, and calls `fail` for a reference to one that must not stand where it does: in an
 * attribute, or in a text that the function is given.
 */
function watchEntities(
  parser: SaxesParser,
  entities: Entities,
  fail: () => unknown,
): (text: string) => void {
  const isContent = (text: string): boolean => isWellFormed(text, entities);
  const check = (text: string, context: Context): void => {
    for (const part of text.split(MARK).slice(1)) {
      const name = part.slice(0, part.indexOf(';'));
      const isValid = context === 'content' ? isContent : entities.isAttributeValue;
      if (!entities.isUsable(name, context, isValid)) fail();
    }
  };
  const valueOf = (name: string): string | undefined =>
    PREDEFINED[name] ?? (entities.isDeclared(name) && isName(name) ? `${MARK}${name};` : undefined);
  parser.ENTITIES = new Proxy({}, { get: (_target, name) => valueOf(String(name)) });
  parser.on('attribute', ({ value }) => {
    check(value, 'attribute');
  });
  return (text) => {
    check(text, 'content');
  };
}

/** Whether the content of an entity is well-formed, entities in it included. */
function isWellFormed(text: string, entities: Entities): boolean {
  const parser = createParser(true);
  let isValid = true;
  const fail = (): void => {
    isValid = false;
  };
  parser.on('error', fail);
  parser.on('text', watchEntities(parser, entities, fail));
  parser.write(text).close();
  return isValid;
}

function isStandalone(text: string): boolean {
  return /^<\?xml[^>]*?[ \t\r\n]standalone[ \t\r\n]*=[ \t\r\n]*["']yes/.test(text.slice(0, 1000));
}

/** libxml2 takes a version of `1.` without digits. */
function isLenientVersion(text: string, position: number): boolean {
  return /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*["']1\.["']$/.test(
    text.slice(0, Math.min(position, 100)),
  );
}
