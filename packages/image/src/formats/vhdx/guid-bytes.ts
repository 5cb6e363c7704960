/** A GUID as Windows stores it: its first three fields are little-endian. */
export function guidBytes(guid: string): Uint8Array {
  const [first = '', second = '', third = '', ...rest] = guid.split('-');
  const swapped = [first, second, third].map((field) => (field.match(/../g) ?? []).reverse());
  const digits = [...swapped.flat(), ...(rest.join('').match(/../g) ?? [])];
  return Uint8Array.from(digits, (pair) => Number.parseInt(pair, 16));
}
