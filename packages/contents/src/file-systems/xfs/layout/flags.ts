/** Flags of inodes that change how they are read. */
export const FLAG = { realtime: 0x1 } as const;

/** Flags of the second word that change how inodes are read. */
export const MORE_FLAG = { bigTimes: 0x8, wideExtentCounts: 0x10 } as const;

/** Flags that people set or see, as xfs_io and `lsattr` know them. */
const NAMES: Readonly<Record<number, string>> = {
  [FLAG.realtime]: 'realtime',
  0x8: 'immutable',
  0x10: 'append-only',
  0x20: 'synchronous',
  0x40: 'no-atime',
  0x80: 'no-dump',
  0x200: 'project-inherited',
  0x400: 'no-symlinks',
  0x2000: 'no-defragmentation',
};
const DAX = 0x1;

const BITS = Object.entries(NAMES).map(([bit, name]) => ({ bit: Number(bit), name }));

/** Names of the flags that are set. */
export function flagNames(flags: number, more: number): readonly string[] {
  const names = BITS.filter(({ bit }) => (flags & bit) !== 0).map(({ name }) => name);
  return (more & DAX) === 0 ? names : [...names, 'dax'];
}
