import { SaxesParser } from 'saxes';

import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { decodeBytes } from '../xml/decode-bytes.ts';
import { positionAt } from '../xml/position.ts';

/** The events that a reader of a document gets, in document order. */
export interface XmlEvents {
  readonly open: (name: string, attributes: ReadonlyMap<string, string>) => void;
  /** Character data or a CDATA section, references replaced. */
  readonly text: (text: string) => void;
  readonly close: (name: string) => void;
}

/** Longer documents are not read. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_ELEMENTS = 1_000_000;
/** The parser looks through the whole line for the column of each. */
const MOST_FAULTS = 100;

class Stop extends Error {}

/**
 * Reads a document that other products wrote, and tolerates what they get wrong: reading continues after a fault.
 *
 * @returns The first fault; `undefined` if the document is well-formed. Entities that the document declares are never
 * expanded, so that each is a fault.
 */
export function readEvents(bytes: Uint8Array, events: XmlEvents): Diagnostic | undefined {
  if (bytes.length > MOST_BYTES)
    return diagnostic('INPUT_TOO_LARGE', { bytes: bytes.length, limit: MOST_BYTES });
  const decoded = decodeBytes(bytes);
  if (decoded.text === undefined) return decoded.finding;
  const { text } = decoded;
  if (text.trim() === '') return diagnostic('XML_EMPTY', {});
  const parser = new SaxesParser({ forceXMLVersion: true, defaultXMLVersion: '1.0' });
  let fault: Diagnostic | undefined;
  let [elements, faults] = [0, 0];
  parser.on('error', (error) => {
    faults += 1;
    const reason = error.message.replace(/^\d+:\d+: /, '').replace(/\.$/, '');
    const offset = Math.max(0, parser.position - 1);
    fault ??= diagnostic('XML_SYNTAX', { reason }, positionAt(text, offset));
    if (faults === MOST_FAULTS) throw new Stop();
  });
  parser.on('opentag', ({ name, attributes }) => {
    elements += 1;
    if (elements > MOST_ELEMENTS) throw new Stop();
    events.open(name, new Map(Object.entries(attributes)));
  });
  parser.on('text', events.text);
  parser.on('cdata', events.text);
  parser.on('closetag', ({ name }) => {
    events.close(name);
  });
  try {
    parser.write(text).close();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    fault ??= diagnostic('XML_SYNTAX', { reason: 'too many elements' });
  }
  return fault;
}
