/** Features of an XFS file system that change how it is read. */
export interface Features {
  /** Version 5: checksums, and headers that name the owner of a block. */
  readonly checksums: boolean;
  /** Whether entries of directories state a type. */
  readonly fileTypes: boolean;
  /** Whether the UUID in metadata is another one than that of the file system. */
  readonly metadataUuid: boolean;
  readonly wideProjects: boolean;
  /** Whether only xfs_repair may work on it: a repair began and did not end. */
  readonly needsRepair: boolean;
}

/** Incompatible features of version 5 that are read, by their bits. The others of these change nothing here. */
const INCOMPAT = {
  fileTypes: 0x1,
  sparseInodes: 0x2,
  metadataUuid: 0x4,
  bigTimes: 0x8,
  needsRepair: 0x10,
  wideExtentCounts: 0x20,
  exchangeRange: 0x40,
  parentPointers: 0x80,
} as const;

/** Names of incompatible features that are not read. */
const REFUSED: Readonly<Record<number, string>> = { 0x100: 'metadir', 0x200: 'zoned' };

const VERSION = { checksums: 5, latest: 5, oldest: 4 };
/** Bits of the version number: directories of version 2, and a second word of bits. */
const VERSION_BITS = { directories: 0x2000, more: 0x8000 };
/** Bits of that second word. */
const MORE = { wideProjects: 0x80, fileTypes: 0x200 };

/** The words of a superblock that name features. */
export interface FeatureWords {
  readonly version: number;
  readonly more: number;
  readonly incompat: number;
}

/** The features that the words of a superblock stand for. */
export function featuresOf({ version, more, incompat }: FeatureWords): Features {
  const checksums = (version & 0xf) === VERSION.checksums;
  const has = (bit: number): boolean => checksums && (incompat & bit) !== 0;
  const words = (version & VERSION_BITS.more) === 0 ? 0 : more;
  return {
    checksums,
    fileTypes: has(INCOMPAT.fileTypes) || (!checksums && (words & MORE.fileTypes) !== 0),
    metadataUuid: has(INCOMPAT.metadataUuid),
    wideProjects: checksums || (words & MORE.wideProjects) !== 0,
    needsRepair: has(INCOMPAT.needsRepair),
  };
}

/** Features that no reader here knows, by name, or by their bit. */
export function unknownFeatures({ version, incompat }: FeatureWords): readonly string[] {
  const number = version & 0xf;
  if (number < VERSION.oldest || number > VERSION.latest) return [`version ${String(number)}`];
  if (number !== VERSION.checksums)
    return (version & VERSION_BITS.directories) === 0 ? ['directories of version 1'] : [];
  const known = Object.values(INCOMPAT).reduce((all, bit) => all | bit, 0);
  return Array.from({ length: 32 }, (_, index) => 2 ** index)
    .filter((bit) => (incompat & ~known & bit) !== 0)
    .map((bit) => REFUSED[bit] ?? `0x${bit.toString(16)}`);
}
