import {
  type ImageSource,
  type ReadAtSync,
  perform,
  runAsync,
  runSync,
  type Steps,
} from '@ploop/descriptor/internal';

/** An image that is read in either world. */
type Source = ImageSource & { readonly readAtSync: ReadAtSync };

const PAGE_BYTES = 4096;
/** Of all images together: 16 MiB. */
const MOST_PAGES = 4096;

/**
 * Makes sources that keep the pages which they read. A look at what is on a long chain asks each block table for the same
 * few entries again and again, and each time an image has to be opened.
 */
export function createPageKeeper(): (source: Source) => Source {
  let free = MOST_PAGES;
  return (source) => {
    const pages = new Map<number, Uint8Array>();
    const through = (target: Uint8Array, position: number): Steps<number> =>
      perform({
        sync: () => source.readAtSync(target, position),
        async: () => source.readAt(target, position),
      });

    function* pageAt(start: number): Steps<Uint8Array | undefined> {
      const kept = pages.get(start);
      if (kept !== undefined || free === 0) return kept;
      const buffer = new Uint8Array(PAGE_BYTES);
      let length: number;
      try {
        length = yield* through(buffer, start);
      } catch {
        // The bytes that were asked for may still be readable.
        return undefined;
      }
      const page = buffer.subarray(0, length);
      if (free > 0) pages.set(start, page);
      free = Math.max(0, free - 1);
      return page;
    }

    function* reading(target: Uint8Array, position: number): Steps<number> {
      const start = Math.floor(position / PAGE_BYTES) * PAGE_BYTES;
      const [first, end] = [position - start, position - start + target.length];
      const page = end <= PAGE_BYTES ? yield* pageAt(start) : undefined;
      if (page === undefined || page.length < end) return yield* through(target, position);
      target.set(page.subarray(first, end));
      return target.length;
    }

    return {
      ...source,
      readAt: (target, position) => runAsync(reading(target, position)),
      readAtSync: (target, position) => runSync(reading(target, position)),
    };
  };
}
