/** `info`: every release handles it; `warning`: some release or a later operation trips over it; `error`: the disk, or an answer about it, is or will be wrong. */
export type Severity = 'info' | 'warning' | 'error';

/** The data of a finding that has none. */
export type Nothing = Readonly<Record<string, never>>;

/** What the catalogue says of a code. */
export interface Entry<Data> {
  readonly severity: Severity;
  /** Whether the tool refuses a descriptor that has this. */
  readonly refused: boolean;
  readonly text: (data: Data) => string;
  /** What to do about it. */
  readonly hint: Hint<Data>;
}

/** One hint for all findings of a code, or one that depends on what was found. */
export type Hint<Data> = string | ((data: Data) => string);

/** An entry for each code of a table of data. */
export type Entries<Data> = { readonly [Code in keyof Data]: Entry<Data[Code]> };

/** An error for which the tool refuses the descriptor. */
export function refused<Data>(text: (data: Data) => string, hint: Hint<Data>): Entry<Data> {
  return { severity: 'error', refused: true, text, hint };
}

/** What the tool does not refuse a descriptor for. */
export function noted<Data>(
  severity: Severity,
  text: (data: Data) => string,
  hint: Hint<Data>,
): Entry<Data> {
  return { severity, refused: false, text, hint };
}

/** A number with what it counts: `1 range`, `2 ranges`, `2 entries`. */
export function counted(count: number | string, one: string): string {
  return `${String(count)} ${agreed(count, one, one.replace(/y$/, 'ie').concat('s'))}`;
}

/** The word that agrees with a number. */
export function agreed(count: number | string, one: string, many: string): string {
  return String(count) === '1' ? one : many;
}

/** An escaped text of a disk in words for people: nothing in it can be taken for something else. */
export function quoted(text: string): string {
  return `"${text.replaceAll('"', '\\u{22}')}"`;
}
