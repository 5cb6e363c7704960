import { viewOf } from './view-of.ts';

/** What `NBD_OPT_INFO` and `NBD_OPT_GO` ask for. */
export interface InfoQuery {
  readonly name: string;
  /** Numbers of what the client wants to know. */
  readonly wanted: readonly number[];
}

/** What the options about metadata contexts ask for. */
export interface ContextQuery {
  readonly name: string;
  readonly queries: readonly string[];
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads the data of an option; everything is `undefined` beyond its end. */
function reader(data: Uint8Array): {
  readonly number: (width: 2 | 4) => number | undefined;
  readonly text: () => string | undefined;
  readonly isAtEnd: () => boolean;
} {
  const view = viewOf(data);
  let at = 0;
  const number = (width: 2 | 4): number | undefined => {
    if (at + width > data.length) return undefined;
    const value = width === 2 ? view.getUint16(at) : view.getUint32(at);
    at += width;
    return value;
  };
  return {
    number,
    text: () => {
      const length = number(4);
      if (length === undefined || at + length > data.length) return undefined;
      at += length;
      return textOf(data.subarray(at - length, at));
    },
    isAtEnd: () => at === data.length,
  };
}

/** A name or a query; `undefined` if it is not UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The data of `NBD_OPT_INFO` and `NBD_OPT_GO`; `undefined` if they are malformed. */
export function infoQuery(data: Uint8Array): InfoQuery | undefined {
  const { number, text, isAtEnd } = reader(data);
  const name = text();
  const count = number(2);
  if (name === undefined || count === undefined) return undefined;
  const wanted: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const one = number(2);
    if (one === undefined) return undefined;
    wanted.push(one);
  }
  return isAtEnd() ? { name, wanted } : undefined;
}

/** The data of the options about metadata contexts; `undefined` if they are malformed. */
export function contextQuery(data: Uint8Array): ContextQuery | undefined {
  const { number, text, isAtEnd } = reader(data);
  const name = text();
  const count = number(4);
  if (name === undefined || count === undefined) return undefined;
  const queries: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const query = text();
    // A count beyond the data ends here as well.
    if (query === undefined) return undefined;
    queries.push(query);
  }
  return isAtEnd() ? { name, queries } : undefined;
}
