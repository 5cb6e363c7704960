import type { DiagnosticCode } from '@ploop/descriptor';
import { imageBytes, type HeaderFields } from '@ploop/test-kit';

/** A healthy image with one thing made wrong. */
export interface Mutant {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What a check must say of it, and nothing else. */
  readonly codes: readonly DiagnosticCode[];
  /** Exit code of `ploop check -f -c -r`, which changes nothing. */
  readonly tool: number;
  /** Exit code of `qemu-img check`. */
  readonly qemu: number;
}

interface Spec {
  readonly header?: HeaderFields;
  /** Entries by virtual cluster, in clusters of the file. */
  readonly bat?: Readonly<Record<number, number>>;
  /** Clusters of data in the file. */
  readonly data?: number;
  readonly fix?: (bytes: Uint8Array, view: DataView) => Uint8Array;
  readonly codes: readonly DiagnosticCode[];
  readonly tool: number;
  readonly qemu: number;
}

const CLUSTER = 64;
const HEALTHY: Readonly<Record<number, number>> = { 0: 1, 1: 2, 2: 3 };
const word =
  (offset: number, value: number): NonNullable<Spec['fix']> =>
  (bytes, view) => {
    view.setUint32(offset, value, true);
    return bytes;
  };
const longer = (bytes: Uint8Array, by: number): Uint8Array =>
  Uint8Array.from({ length: bytes.length + by }, (_, index) => bytes[index] ?? 0);

const SPECS: Readonly<Record<string, Spec>> = {
  healthy: { codes: [], tool: 0, qemu: 0 },
  empty: { bat: {}, data: 0, header: { flags: 1 }, codes: [], tool: 0, qemu: 0 },
  'nothing, and no flag that says so': {
    bat: {},
    data: 0,
    codes: ['EMPTY_FLAG_WRONG'],
    tool: 7,
    qemu: 0,
  },
  'two clusters at one place': {
    bat: { ...HEALTHY, 7: 2 },
    codes: ['CLUSTER_SHARED'],
    tool: 11,
    qemu: 0,
  },
  'an unused cluster': { bat: { 0: 1, 2: 3 }, codes: ['BAT_PARTLY_LOST'], tool: 0, qemu: 0 },
  'an unused cluster at the end': {
    bat: { 0: 1, 2: 2 },
    codes: ['BAT_PARTLY_LOST'],
    tool: 0,
    qemu: 3,
  },
  'a cluster beyond the end': {
    bat: { ...HEALTHY, 3: 4 },
    codes: ['CLUSTER_BEYOND_END'],
    tool: 11,
    qemu: 0,
  },
  'a cluster far beyond the end': {
    bat: { ...HEALTHY, 3: 2 ** 25 },
    codes: ['CLUSTER_BEYOND_END'],
    tool: 11,
    qemu: 2,
  },
  'a cluster in the header': {
    fix: word(64 + 4 * 3, CLUSTER / 2),
    codes: ['CLUSTER_BEFORE_DATA'],
    tool: 11,
    qemu: 0,
  },
  'a cluster between two others': {
    fix: word(64 + 4 * 2, CLUSTER * 2 + 3),
    bat: { 0: 1, 1: 3 },
    codes: ['CLUSTER_MISALIGNED', 'CLUSTERS_UNUSED'],
    tool: 11,
    qemu: 0,
  },
  'data that are called empty': {
    header: { flags: 1 },
    codes: ['EMPTY_FLAG_WRONG'],
    tool: 7,
    qemu: 0,
  },
  'a change of the version': {
    header: { flags: 2 },
    codes: ['IMAGE_CONVERTING'],
    tool: 0,
    qemu: 0,
  },
  'an unknown flag': { header: { flags: 8 }, codes: ['HEADER_INEXACT'], tool: 0, qemu: 0 },
  'in use': { header: { mark: 0x746f6e59 }, codes: ['IMAGE_IN_USE'], tool: 37, qemu: 2 },
  'closed by release 7': { header: { mark: 0x312e3276 }, codes: ['IMAGE_MARK'], tool: 37, qemu: 0 },
  'too few clusters stated': {
    fix: word(32, 60),
    codes: ['HEADER_INEXACT'],
    tool: 0,
    qemu: 0,
  },
  'part of a cluster': {
    header: { size: 4100n, clusters: 65 },
    codes: ['SIZE_NOT_WHOLE'],
    tool: 0,
    qemu: 0,
  },
  'part of a cluster without an entry': {
    header: { size: 4100n },
    codes: ['HEADER_INEXACT', 'SIZE_NOT_WHOLE'],
    tool: 0,
    qemu: 0,
  },
  'an upper half of the size': {
    header: { size: 4096n + 2n ** 32n },
    codes: ['HEADER_INEXACT'],
    tool: 0,
    qemu: 0,
  },
  'an entry beyond the end': {
    fix: word(64 + 4 * 70, CLUSTER * 3),
    bat: { 0: 1, 1: 2 },
    codes: ['BAT_STALE', 'CLUSTERS_UNUSED'],
    tool: 11,
    qemu: 3,
  },
  'data that begin late': {
    header: { firstBlock: 2 * CLUSTER },
    bat: { 0: 2, 1: 3, 2: 4 },
    codes: ['HEADER_INEXACT'],
    tool: 0,
    qemu: 0,
  },
  'a tail': { fix: (bytes) => longer(bytes, 1000), codes: ['FILE_END_ODD'], tool: 0, qemu: 3 },
  'a cut': {
    fix: (bytes) => bytes.slice(0, -1000),
    codes: ['FILE_END_ODD', 'CLUSTER_BEYOND_END'],
    tool: 11,
    qemu: 0,
  },
  'another type': { header: { type: 3 }, codes: ['HEADER_INVALID'], tool: 11, qemu: 1 },
  'another cluster size': {
    fix: word(28, 66),
    codes: ['HEADER_INVALID'],
    tool: 11,
    qemu: 0,
  },
  'data at no cluster': {
    fix: word(48, 65),
    codes: [
      ...(['IMAGE_FOREIGN', 'FILE_END_ODD', 'CLUSTER_BEFORE_DATA'] as const),
      ...(['CLUSTER_MISALIGNED', 'CLUSTER_MISALIGNED', 'CLUSTERS_UNUSED'] as const),
    ],
    tool: 11,
    qemu: 0,
  },
  'a size that its table cannot hold': {
    fix: word(36, 0xffff_ffff),
    codes: ['HEADER_INVALID'],
    tool: 0,
    qemu: 0,
  },
};

/** One image for each class of damage. */
export const mutants: readonly Mutant[] = Object.entries(SPECS).map(([name, spec]) => {
  const { header = {}, bat = HEALTHY, data = 3, fix, codes, tool, qemu } = spec;
  const entries = Array.from({ length: 64 }, (_, index) => (bat[index] ?? 0) * CLUSTER);
  const bytes = imageBytes({ version: 1, blockSize: CLUSTER, ...header }, entries, data);
  const view = new DataView(bytes.buffer);
  return { name, bytes: fix?.(bytes, view) ?? bytes, codes, tool, qemu };
});
