import { imageBytes, type HeaderFields } from '@ploop/test-kit';

/** Sectors in a cluster of a healthy image: neither the least nor the most, so that there are other ones. */
export const CLUSTER = 128;
export const CLUSTERS = 16;

/** An image of the chain before it is made wrong. */
interface Spec {
  readonly header: HeaderFields;
  /** Entries by virtual cluster, in clusters of the file. */
  readonly bat: Readonly<Record<number, number>>;
  readonly data: number;
}

/** Base, middle, top. */
const HEALTHY: readonly Spec['bat'][] = [
  { 0: 1, 1: 2, 2: 3, 3: 4, 4: 5, 5: 6 },
  { 2: 1, 3: 2, 8: 3 },
  { 3: 1, 4: 2, 9: 3 },
];

/** One thing made wrong, or only unusual. */
export interface Fault {
  /** The other format version than the rest of the disk has. */
  readonly otherVersion?: true;
  readonly header?: HeaderFields;
  readonly bat?: Readonly<Record<number, number>>;
  /** Clusters of data in the file. */
  readonly data?: number;
  readonly fix?: (bytes: Buffer) => Buffer | undefined;
}

/** The bytes of an image of the chain; `undefined` where its file is missing. */
export function imageOf(level: number, version: 1 | 2, fault: Fault = {}): Buffer | undefined {
  const spec = HEALTHY[level] ?? {};
  const { blockSize = CLUSTER } = fault.header ?? {};
  const own = fault.otherVersion === true ? (version === 1 ? 2 : 1) : version;
  const bat = { ...spec, ...fault.bat };
  const clusters = fault.header?.clusters ?? CLUSTERS;
  const first =
    fault.header?.firstBlock ?? Math.ceil((64 + 4 * clusters) / (blockSize * 512)) * blockSize;
  const shift = first / blockSize - 1;
  const unit = own === 1 ? blockSize : 1;
  const entries = Array.from({ length: CLUSTERS + 1 }, (_, index) => {
    const at = bat[index] ?? 0;
    return at === 0 ? 0 : (at + shift) * unit;
  });
  const made = imageBytes(
    { version: own, blockSize, clusters: CLUSTERS, ...fault.header },
    entries,
    fault.data ?? Object.keys(spec).length,
  );
  const bytes = Buffer.from(made);
  // Every cluster of every image is distinguished from all others.
  const clusterBytes = blockSize * 512;
  for (let at = first * 512, n = 1; at < bytes.length; at += clusterBytes, n += 1)
    bytes.fill(50 * (level + 1) + n, at, at + clusterBytes);
  return fault.fix === undefined ? bytes : fault.fix(bytes);
}

const word =
  (offset: number, value: number) =>
  (bytes: Buffer): Buffer => {
    bytes.writeUInt32LE(value, offset);
    return bytes;
  };
const entry =
  (cluster: number, sectors: number) =>
  (bytes: Buffer): Buffer => {
    const unit = bytes.toString('latin1', 0, 16) === 'WithoutFreeSpace' ? 1 : CLUSTER;
    bytes.writeUInt32LE(sectors / unit, 64 + 4 * cluster);
    return bytes;
  };

/** No cluster of any image. */
const NOTHING = { 0: 0, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 8: 0, 9: 0 };

/** Images that are made wrong, or unusual, in one thing each. */
export const FAULTS = {
  healthy: {},
  'the other version': { otherVersion: true },
  'the other version, empty': { otherVersion: true, bat: NOTHING, data: 0, header: { flags: 1 } },
  'clusters twice as large, empty': {
    header: { blockSize: 2 * CLUSTER, flags: 1 },
    bat: NOTHING,
    data: 0,
  },
  'clusters twice as large': { header: { blockSize: 2 * CLUSTER } },
  'clusters half as large': { header: { blockSize: CLUSTER / 2 } },
  smaller: { header: { clusters: 12 } },
  larger: { header: { clusters: 24 } },
  'larger by a table': { header: { clusters: 20_000 } },
  'not a whole cluster': { header: { size: BigInt(CLUSTERS * CLUSTER + 8) } },
  'not a whole cluster, and data there': {
    header: { size: BigInt(CLUSTERS * CLUSTER + 8), clusters: CLUSTERS + 1 },
    bat: { 16: 2, 2: 0, 3: 0, 4: 0 },
  },
  empty: { bat: NOTHING, data: 0, header: { flags: 1 } },
  'two entries for one place': { bat: { 10: 2 } },
  'an entry just beyond the end': { fix: entry(10, CLUSTER * 7) },
  'an entry far beyond the end': { fix: entry(10, CLUSTER * 2 ** 20) },
  'an entry in the table': { fix: entry(10, CLUSTER / 2) },
  'an entry between two clusters': {
    fix: (bytes) => (bytes[7] === 'F'.charCodeAt(0) ? entry(10, CLUSTER * 2 + 8)(bytes) : bytes),
  },
  'cut within a cluster': { fix: (bytes) => bytes.subarray(0, -1000) },
  'cut by a cluster': { fix: (bytes) => bytes.subarray(0, -CLUSTER * 512) },
  'cut to its table': { fix: (bytes) => bytes.subarray(0, CLUSTER * 512) },
  'cut within its table': { fix: (bytes) => bytes.subarray(0, 100) },
  'no bytes': { fix: (bytes) => bytes.subarray(0, 0) },
  missing: { fix: () => undefined },
  'another file': { fix: (bytes) => Buffer.alloc(bytes.length, 'text') },
  'a tail': { fix: (bytes) => Buffer.concat([bytes, Buffer.alloc(1000, 9)]) },
  'another type': { header: { type: 3 } },
  'called empty': { header: { flags: 1 } },
  converting: { header: { flags: 2 } },
  'an unknown flag': { header: { flags: 8 } },
  'in use': { header: { mark: 0x746f6e59 } },
  'closed by release 7': { header: { mark: 0x312e3276 } },
  'data that begin late': { header: { firstBlock: 2 * CLUSTER } },
  'data that begin very late': { header: { firstBlock: 8 * CLUSTER } },
  'data offset within the table': { fix: word(48, CLUSTER / 2) },
  'too few clusters stated': { fix: word(32, 8) },
  'too many clusters stated': { fix: word(32, 999) },
  'an unused cluster': { bat: { 3: 0 } },
  'entries beyond the end': { fix: word(64 + 4 * 20, CLUSTER) },
} as const satisfies Readonly<Record<string, Fault>>;

/** The name of a fault. */
export type FaultName = keyof typeof FAULTS;
