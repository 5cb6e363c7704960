import { printable } from '@ploop/descriptor';
import stringWidth from 'string-width';

/** Columns without borders, aligned on a terminal: characters of East Asia take two places there. */
export function toTable(rows: readonly (readonly string[])[]): readonly string[] {
  const cells = rows.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of cells)
    for (const [column, text] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, stringWidth(text));
  return cells.map((row) =>
    row
      .map((text, column) => text + ' '.repeat((widths[column] ?? 0) - stringWidth(text)))
      .join('  ')
      .trimEnd(),
  );
}
