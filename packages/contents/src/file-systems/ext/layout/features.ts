/** Incompatible features that are read, by their bits. */
const INCOMPAT = {
  fileType: 0x2,
  recover: 0x4,
  metaBg: 0x10,
  extents: 0x40,
  bits64: 0x80,
  mmp: 0x100,
  flexBg: 0x200,
  eaInode: 0x400,
  checksumSeed: 0x2000,
  largeDirectories: 0x4000,
  inlineData: 0x8000,
  encrypt: 0x10000,
  casefold: 0x20000,
} as const;

/** Names of incompatible features that are not read. */
const REFUSED: Readonly<Record<number, string>> = {
  0x1: 'compression',
  0x8: 'journal_dev',
  0x1000: 'dirdata',
};

const COMPAT = { journal: 0x4, resizeInode: 0x10, sparseSuper2: 0x200, fastCommit: 0x400 } as const;

const RO_COMPAT = {
  sparseSuper: 0x1,
  hugeFile: 0x8,
  groupChecksums: 0x10,
  bigalloc: 0x200,
  metadataChecksums: 0x400,
  project: 0x2000,
} as const;

/** Features of an ext file system that change how it is read. */
export type Features = Readonly<
  Record<keyof typeof INCOMPAT | keyof typeof COMPAT | keyof typeof RO_COMPAT, boolean>
>;

/** The features that three words of bits stand for. */
export function featuresOf(compat: number, incompat: number, roCompat: number): Features {
  return { ...flags(COMPAT, compat), ...flags(INCOMPAT, incompat), ...flags(RO_COMPAT, roCompat) };
}

function flags<Name extends string>(
  table: Readonly<Record<Name, number>>,
  bits: number,
): Record<Name, boolean> {
  const entries = Object.entries<number>(table).map(([name, bit]) => [name, (bits & bit) !== 0]);
  return Object.fromEntries(entries) as Record<Name, boolean>;
}

/** Incompatible features that no reader here knows, by name, or by their bit. */
export function unknownFeatures(incompat: number): readonly string[] {
  const known = Object.values(INCOMPAT).reduce((all, bit) => all | bit, 0);
  return Array.from({ length: 32 }, (_, index) => 2 ** index)
    .filter((bit) => (incompat & ~known & bit) !== 0)
    .map((bit) => REFUSED[bit] ?? `0x${bit.toString(16)}`);
}
