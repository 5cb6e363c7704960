import { agreed, counted, type Entries, noted, quoted, refused } from '../entry.ts';

/** What findings about the descriptor as an XML document are about. */
export interface DocumentData {
  ENCODING_UNSUPPORTED: { readonly encoding: string };
  ENCODING_INVALID: { readonly encoding: string };
  XML_EMPTY: {
    /** How many zero characters the file begins with, if any. */
    readonly zeros?: number;
    /** Whether something else follows them. */
    readonly hasMore?: true;
  };
  XML_SYNTAX: {
    readonly reason: string;
    /** How many zero characters are where the text ends, if any. */
    readonly zeros?: number;
  };
  XML_LIMIT: { readonly limit: 'depth' | 'text' | 'name' | 'tag'; readonly most: number };
  BYTE_ORDER_MARK: { readonly encoding: string };
  DOCUMENT_TYPE: {
    /** Files and addresses that it refers to. */
    readonly external: readonly string[];
  };
  COMMENT: { readonly count: number };
  ELEMENT_UNKNOWN: { readonly element: string; readonly count: number };
}

/** How the reason begins if the document ends within an element. */
const CUT = 'unclosed tag';

/** The codes of findings about the descriptor as an XML document. */
export const documentCodes: Entries<DocumentData> = {
  ENCODING_UNSUPPORTED: refused(
    ({ encoding }) => `encoding ${quoted(encoding)} is not supported`,
    'Keep a copy of the descriptor, then save it as UTF-8.',
  ),
  ENCODING_INVALID: refused(
    ({ encoding }) => `not valid ${encoding}`,
    'Copy the file before anything else. If it is a descriptor, declare the encoding that it is in, or save it as UTF-8.',
  ),
  XML_EMPTY: refused(
    ({ zeros, hasMore }) => {
      if (zeros === undefined) return 'the document is empty';
      return hasMore === true
        ? `the document begins with ${counted(zeros, 'zero byte')}, as after a power cut: the tool reads nothing of it`
        : `the document is ${counted(zeros, 'zero byte')}, as after a power cut`;
    },
    ({ hasMore }) =>
      `${hasMore === true ? 'Copy the file before anything else: what follows the zeros may still name images and shots. ' : ''}Restore the descriptor from a backup. Use \`ploop restore-descriptor\` only if the directory has a single image and the disk never had a snapshot: of several images it makes the oldest state the whole disk.`,
  ),
  XML_SYNTAX: refused(
    ({ reason, zeros }) =>
      `not well-formed: ${reason}${zeros === undefined ? '' : `, and ${counted(zeros, 'zero byte')} ${agreed(zeros, 'follows', 'follow')}`}`,
    ({ reason }) =>
      reason.startsWith(CUT)
        ? 'The document ends before its elements do: it was cut off, as by a full file system, a power cut or a copy that did not end. Keep the file, and restore the descriptor from a backup. Complete it by hand only if all images and shots are known, and in a copy.'
        : 'Keep a copy of the file, then mend the XML at this place: the tool reads nothing of a document that is not well-formed.',
  ),
  XML_LIMIT: refused(
    ({ limit, most }) =>
      limit === 'depth'
        ? `elements nest deeper than ${String(most)}`
        : `a ${limit} is longer than ${counted(most, 'byte')}`,
    'No writer of descriptors produces this; the tool refuses it too.',
  ),
  BYTE_ORDER_MARK: noted(
    'info',
    ({ encoding }) => `the document begins with a byte order mark of ${encoding}`,
    'Nothing has to be done; the tool writes none.',
  ),
  DOCUMENT_TYPE: noted(
    'warning',
    ({ external }) =>
      `the document has a document type declaration${
        external.length === 0 ? '' : `, which refers to ${external.map(quoted).join(', ')}`
      }; neither the tool nor this package loads or expands anything of it`,
    'No writer of descriptors makes one: find out who wrote the descriptor before the disk is used. Elements whose text is an entity count as empty. Remove the declaration in a copy of the descriptor.',
  ),
  COMMENT: noted(
    'info',
    ({ count }) => `the tool drops comments when it rewrites the descriptor: ${String(count)}`,
    'Keep what they say elsewhere.',
  ),
  ELEMENT_UNKNOWN: noted(
    'info',
    ({ element, count }) =>
      `the tool drops ${element} when it rewrites the descriptor: ${String(count)}`,
    'Keep a copy of the descriptor if another product needs the element.',
  ),
};
