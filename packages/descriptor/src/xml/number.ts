const STRTOUL = /^[ \t\n\v\f\r]*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/;
const RANGE = 1n << 64n;
/** More digits than any number of 64 bits has, in any base: octal takes most. */
const MOST_DIGITS = 22;

/**
 * An unsigned 64-bit number as the tool reads it, or `undefined` where it reads none: C's strtoul with base 0 over
 * the whole text. `0x800` is hexadecimal, `04000` octal, leading white space and signs pass, a minus wraps around,
 * too large a number becomes 2^64-1 (release 1.15).
 */
export function parseUnsigned(text: string): bigint | undefined {
  const [, sign, digits] = STRTOUL.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const octal = digits.length > 1 && /^0[0-7]/.test(digits);
  const isTooLarge = digits.replace(/^0[xX]?0*/, '').length > MOST_DIGITS;
  // Millions of digits would take minutes and gigabytes.
  if (isTooLarge) return RANGE - 1n;
  const value = BigInt(octal ? `0o${digits.slice(1)}` : digits);
  if (value >= RANGE) return RANGE - 1n;
  return sign === '-' ? (RANGE - value) % RANGE : value;
}

/** The low 32 bits: what the tool keeps of a cluster size. */
export function low32(value: bigint): number {
  return Number(BigInt.asUintN(32, value));
}
