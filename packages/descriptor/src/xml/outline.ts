/** An element too long to be read at once: where its parts are. */
export interface WideElement {
  readonly start: number;
  /** Behind the start tag. */
  readonly contentStart: number;
  readonly end: number;
  /** Start and end of each child element, one after the other. */
  readonly children: readonly number[];
}

/** Where the root of a document is, and what must be read in parts. */
export interface Outline {
  readonly start: number;
  readonly end: number;
  /** By their start. */
  readonly wide: ReadonlyMap<number, WideElement>;
  /** Prefixes that elements have by default, by the name of the element as written. */
  readonly prefixes?: ReadonlyMap<string, readonly string[]> | undefined;
}

/**
 * Length of text that is read at once. The tree reader needs 20 times the memory of its input and gets slower as that
 * grows: parts of this length keep both in bounds, and are long enough for the cost of starting it not to count.
 */
export const PART_LENGTH = 16_384;

/** Notes where elements begin and end while something else reads the document. */
export function createOutliner(text: string): {
  /** To be called after each start tag; gives the depth of the element, 1 for the root. */
  readonly open: (position: number) => number;
  /** Where the innermost open element begins. */
  readonly start: () => number;
  /** To be called after each end tag. */
  readonly close: (position: number) => void;
  readonly outline: () => Outline;
} {
  const starts: number[] = [];
  const contentStarts: number[] = [];
  const children: number[][] = [];
  const wide = new Map<number, WideElement>();
  let root = { start: 0, end: 0 };
  return {
    open: (position) => {
      // A tag holds no other "<" in a well-formed document.
      starts.push(text.lastIndexOf('<', position - 1));
      contentStarts.push(position);
      const depth = starts.length;
      const own = children[depth];
      if (own === undefined) children[depth] = [];
      else own.length = 0;
      return depth;
    },
    start: () => starts.at(-1) ?? 0,
    close: (end) => {
      const depth = starts.length;
      const start = starts.pop() ?? 0;
      const contentStart = contentStarts.pop() ?? 0;
      const own = children[depth] ?? [];
      if (end - start > PART_LENGTH && own.length > 0)
        wide.set(start, { start, contentStart, end, children: own.slice() });
      if (depth === 1) root = { start, end };
      else children[depth - 1]?.push(start, end);
    },
    outline: () => ({ ...root, wide }),
  };
}
