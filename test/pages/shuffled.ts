/** A row, and its number in the table. */
interface Numbered<Row> {
  readonly row: Row;
  readonly index: number;
}

/** The rows of a table in an order that a seed decides. */
export function shuffled<Row>(table: readonly Row[], seed: number): readonly Numbered<Row>[] {
  let state = seed >>> 0;
  const next = (): number => {
    // Numerical Recipes: any order will do.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
  return table
    .map((row, index) => ({ row, index, key: next() }))
    .sort((one, other) => one.key - other.key)
    .map(({ row, index }) => ({ row, index }));
}
