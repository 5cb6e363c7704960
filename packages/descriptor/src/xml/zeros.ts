import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';

const ZEROS = /\0+/;

/**
 * A fault of a document with the zero characters in which its text ends: a power cut leaves them where data had not been
 * stored yet.
 */
export function withZeros(fault: Diagnostic, source: string): Diagnostic {
  const [run] = ZEROS.exec(source) ?? [];
  if (run === undefined) return fault;
  const zeros = run.length;
  if (fault.code === 'XML_EMPTY') {
    const hasMore = source.replace(/^\uFEFF?\0+/, '') !== '';
    return diagnostic('XML_EMPTY', { zeros, ...(hasMore && { hasMore }) });
  }
  if (fault.code !== 'XML_SYNTAX') return fault;
  return { ...fault, data: { ...fault.data, zeros } };
}
