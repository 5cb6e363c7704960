/** A map of a bounded number of items, which forgets those that were not asked for the longest. */
export interface Recent<Key, Value> {
  readonly get: (key: Key) => Value | undefined;
  readonly set: (key: Key, value: Value) => void;
}

/** A map that holds the `most` latest items. */
export function recent<Key, Value extends object | number | string>(
  most: number,
): Recent<Key, Value> {
  const items = new Map<Key, Value>();
  return {
    get: (key) => {
      const found = items.get(key);
      if (found === undefined) return undefined;
      items.delete(key);
      items.set(key, found);
      return found;
    },
    set: (key, value) => {
      items.delete(key);
      for (const oldest of items.keys()) {
        if (items.size < most) break;
        items.delete(oldest);
      }
      items.set(key, value);
    },
  };
}
