import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { bareAmpersand } from './markup.ts';
import { positionAt } from './position.ts';

const STRAY_TEXT = 'text data outside of root node';

/** The finding of a fault that the parser met at a position. It notices two faults long after their place, so that is looked for here. */
export function syntaxError(text: string, error: Error, position: number): Diagnostic {
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
