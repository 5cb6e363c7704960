/** A number with what it counts: `1 range`, `2 ranges`, `2 entries`. */
export function counted(count: number, one: string): string {
  return `${String(count)} ${count === 1 ? one : one.replace(/y$/, 'ie').concat('s')}`;
}
