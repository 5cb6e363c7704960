import fc from 'fast-check';

/** A change of a few bytes at a place that is in use. */
const change = fc.record({
  /** Whether it is in the superblock. */
  inSuperblock: fc.boolean(),
  place: fc.nat(),
  distance: fc.integer({ min: -8, max: 8 }),
  width: fc.constantFrom(1, 2, 4, 8),
  value: fc.oneof(
    fc.constantFrom(0, 1, 2, 8, 12, 0x7f, 0xff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0xffffffff),
    fc.nat({ max: 8192 }),
    fc.nat(),
  ),
  /** Whether it is added to what is there. */
  isAdded: fc.boolean(),
});
/** What happens to one of several images. */
export const damage = fc.record({
  base: fc.nat(),
  changes: fc.array(change, { minLength: 1, maxLength: 6 }),
});
export type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;
