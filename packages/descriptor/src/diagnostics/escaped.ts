import { printable } from './printable.ts';

/**
 * The data of a finding, each text in it made safe on a terminal when it is asked for. Words are put together from
 * these, so that nothing in them is escaped twice.
 */
export function escaped<Data extends object>(data: Data): Data {
  return new Proxy({} as Data, { get: (_none, name) => escapedValue(Reflect.get(data, name)) });
}

function escapedValue(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value)) return value.map(escapedValue);
  return typeof value === 'object' && value !== null ? escaped(value) : value;
}
