import { printable } from '@ploop/descriptor';

/** Columns without borders. */
export function toTable(rows: readonly (readonly string[])[]): readonly string[] {
  const cells = rows.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of cells)
    for (const [column, text] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, text.length);
  return cells.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
