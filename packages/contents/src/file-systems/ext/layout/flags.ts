/** Flags of inodes that change how they are read. */
export const FLAG = {
  encrypted: 0x800,
  hashed: 0x1000,
  hugeFile: 0x40000,
  extents: 0x80000,
  eaInode: 0x200000,
  inlineData: 0x10000000,
} as const;

/** Flags that people set or see, as `chattr` and `lsattr` know them. */
const NAMES: Readonly<Record<number, string>> = {
  0x1: 'secure-deletion',
  0x2: 'undeletable',
  0x4: 'compressed',
  0x8: 'synchronous',
  0x10: 'immutable',
  0x20: 'append-only',
  0x40: 'no-dump',
  0x80: 'no-atime',
  0x800: 'encrypted',
  0x4000: 'journaled-data',
  0x8000: 'no-tail-merging',
  0x10000: 'synchronous-directory',
  0x20000: 'top-of-hierarchy',
  0x100000: 'verity',
  0x800000: 'no-copy-on-write',
  0x2000000: 'dax',
  0x20000000: 'project-inherited',
  0x40000000: 'casefold',
};

const BITS = Object.entries(NAMES).map(([bit, name]) => ({ bit: Number(bit), name }));
const ALL = BITS.reduce((all, { bit }) => all | bit, 0);
const NONE: readonly string[] = [];

/** Names of the flags that are set. */
export function flagNames(flags: number): readonly string[] {
  if ((flags & ALL) === 0) return NONE;
  return BITS.filter(({ bit }) => (flags & bit) !== 0).map(({ name }) => name);
}
