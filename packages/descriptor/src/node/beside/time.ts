/** A time in milliseconds since 1970 as people read it, to the second. */
export function timeText(milliseconds: bigint): string {
  return new Date(Number(milliseconds)).toISOString().replace(/\.\d+/, '');
}
