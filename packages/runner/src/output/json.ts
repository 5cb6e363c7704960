/** An object of JSON, whose members are anything. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Whether a value of JSON is an object. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The JSON that a helper program prints after its log lines: from the first line that is a brace alone, or begins an
 * object, to the end. `undefined` if it does not exist.
 */
export function trailingJson(stdout: string): unknown {
  const lines = stdout.split('\n');
  const start = lines.findIndex((line) => line === '{' || /^\{.*\}$/.test(line));
  if (start < 0) return undefined;
  try {
    return JSON.parse(lines.slice(start).join('\n'));
  } catch {
    return undefined;
  }
}
