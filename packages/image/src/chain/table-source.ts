import { bytes as toByteCount } from '@ploop/descriptor';
import type { ImageSource } from '@ploop/descriptor/internal';

import type { ImagePlan, TablePart } from '../formats/image-writer.ts';
import { firstEndingAfter } from './first-ending-after.ts';

/** The tables of an image file that is to be written, to be read like a file; one page is kept. */
export function tableSource({ tables, dataStart }: ImagePlan): ImageSource {
  let kept:
    { readonly part: TablePart; readonly index: number; readonly bytes: Uint8Array } | undefined;
  const pageOf = (part: TablePart, index: number): Uint8Array => {
    if (kept?.part !== part || kept.index !== index)
      kept = { part, index, bytes: part.page(index) };
    return kept.bytes;
  };
  return {
    file: 'the tables of the export',
    bytes: toByteCount(dataStart),
    readAt: (target, position) => {
      const end = Math.min(dataStart, position + target.length);
      target.fill(0);
      for (
        let at = firstEndingAfter(tables.length, (index) => endOf(tables[index]), position);
        at < tables.length;
        at += 1
      ) {
        const part = tables[at];
        if (part === undefined || part.start >= end) break;
        const { start, pageBytes } = part;
        const from = Math.max(position, start);
        const to = Math.min(end, endOf(part));
        for (let byte = from; byte < to;) {
          const index = Math.floor((byte - start) / pageBytes);
          const first = start + index * pageBytes;
          const stop = Math.min(to, first + pageBytes);
          const page = pageOf(part, index);
          target.set(page.subarray(byte - first, stop - first), byte - position);
          byte = stop;
        }
      }
      return Promise.resolve(Math.max(0, end - position));
    },
  };
}

function endOf(part: TablePart | undefined): number {
  return part === undefined ? 0 : part.start + part.pageBytes * part.pages;
}
