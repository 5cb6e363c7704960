/** Appends items to a list. The arguments of `push(...items)` must fit on the stack, which ends at about 100,000. */
export function append<Item>(list: Item[], items: Iterable<Item>): void {
  for (const item of items) list.push(item);
}
