const ENCODER = new TextEncoder();

/** A PAX record: values are bytes, as names and extended attributes are. */
export type PaxRecord = readonly [key: string | Uint8Array, value: string | Uint8Array];

/** PAX records as they are stored: `LENGTH KEY=VALUE`, each ended by a line break. */
export function recordBytes(records: readonly PaxRecord[]): Uint8Array {
  return Buffer.concat(records.map(recordOf));
}

function recordOf([key, value]: PaxRecord): Uint8Array {
  const rest = Buffer.concat([
    bytesOf(' '),
    bytesOf(key),
    bytesOf('='),
    bytesOf(value),
    bytesOf('\n'),
  ]);
  // The length counts its own digits.
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length)
    length = String(length).length + rest.length;
  return Buffer.concat([bytesOf(String(length)), rest]);
}

function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? ENCODER.encode(text) : text;
}
