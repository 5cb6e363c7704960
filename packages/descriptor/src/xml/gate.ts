import { SaxesParser } from 'saxes';

import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { parseDoctype } from './doctype.ts';
import { bareAmpersand } from './markup.ts';
import { createOutliner, type Outline } from './outline.ts';
import { positionAt } from './position.ts';

/** libxml2's limits; a document beyond them is refused by the tool. */
export const XML_LIMITS: { readonly depth: number; readonly text: number } = {
  depth: 257,
  text: 10_000_000,
};

/** No genuine descriptor has a DTD at all; longer ones are made to exhaust readers. */
const LONGEST_DOCTYPE = 1_000_000;

/** References that need no declaration. */
const PREDEFINED = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

class Stop extends Error {}

/** What the gate says of a document: why it is none, or the outline by which the tree is read. */
export type GateResult =
  | { readonly fault: Diagnostic; readonly outline?: undefined }
  | { readonly fault?: undefined; readonly outline: Outline };

/**
 * Lets pass what is well-formed XML 1.0. The tree reader behind this gate accepts documents that the tool's parser
 * refuses (two roots, undefined entities, control characters), so nothing reaches it unchecked. Entities that the DTD
 * declares count as defined; they are never expanded.
 */
export function passGate(text: string): GateResult {
  if (text.length === 0) return { fault: diagnostic('XML_EMPTY', {}) };
  // libxml2 reads a 1.1 document by the rules of 1.0, with a warning.
  const parser = new SaxesParser({ forceXMLVersion: true, defaultXMLVersion: '1.0' });
  parser.ENTITIES = Object.assign(Object.create(null) as object, PREDEFINED);
  const outliner = createOutliner(text);
  let finding: Diagnostic | undefined;
  const stop = (found: Diagnostic): never => {
    finding = found;
    throw new Stop();
  };
  const exceeded = (limit: keyof typeof XML_LIMITS): never => {
    const position = positionAt(text, Math.max(0, parser.position - 1));
    return stop(diagnostic('XML_LIMIT', { limit, most: XML_LIMITS[limit] }, position));
  };

  parser.on('error', (error) => {
    if (!isLenientVersion(text, parser.position)) stop(syntaxError(text, error, parser.position));
  });
  parser.on('doctype', (doctype) => {
    const declared = doctype.length > LONGEST_DOCTYPE ? undefined : parseDoctype(doctype);
    if (declared === undefined) parser.fail('malformed document type declaration.');
    for (const name of declared?.entities ?? []) parser.ENTITIES[name] = '';
  });
  parser.on('opentag', () => {
    if (outliner.open(parser.position) > XML_LIMITS.depth) exceeded('depth');
  });
  parser.on('closetag', () => {
    outliner.close(parser.position);
  });
  parser.on('text', ({ length }) => {
    if (length > XML_LIMITS.text) exceeded('text');
  });

  try {
    parser.write(text).close();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  return finding === undefined ? { outline: outliner.outline() } : { fault: finding };
}

/** libxml2 takes a version of `1.` without digits. */
function isLenientVersion(text: string, position: number): boolean {
  return /^<\?xml\s+version\s*=\s*["']1\.["']$/.test(text.slice(0, Math.min(position, 100)));
}

const STRAY_TEXT = 'text data outside of root node';

/** The parser notices two faults long after their place, so that is looked for here. */
function syntaxError(text: string, error: Error, position: number): Diagnostic {
  const reason = error.message.replace(/^\d+:\d+: /, '').replace(/\.$/, '');
  const ampersand = bareAmpersand(text.slice(0, position));
  if (ampersand !== undefined)
    return diagnostic(
      'XML_SYNTAX',
      { reason: '& begins no reference; write &amp;' },
      positionAt(text, ampersand),
    );
  const offset = reason === STRAY_TEXT ? startOfText(text, position) : Math.max(0, position - 1);
  return diagnostic('XML_SYNTAX', { reason }, positionAt(text, offset));
}

function startOfText(text: string, position: number): number {
  const start = text.lastIndexOf('>', position - 1) + 1;
  return start + Math.max(0, text.slice(start, position).search(/\S/));
}
