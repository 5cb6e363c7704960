/** A map of a bounded number of items, which forgets those that were not asked for lately. */
export interface Recent<Key, Value> {
  readonly get: (key: Key) => Value | undefined;
  readonly set: (key: Key, value: Value) => void;
}

/** A map that holds at most `most` items, and at least the half of them that was used last. */
export function recent<Key, Value extends object | number | string>(
  most: number,
): Recent<Key, Value> {
  let young = new Map<Key, Value>();
  let old = young;
  const set = (key: Key, value: Value): void => {
    if (young.size >= most / 2) [old, young] = [young, new Map<Key, Value>()];
    young.set(key, value);
  };
  return {
    set,
    get: (key) => {
      const found = young.get(key);
      if (found !== undefined) return found;
      const aged = old.get(key);
      if (aged !== undefined) set(key, aged);
      return aged;
    },
  };
}
