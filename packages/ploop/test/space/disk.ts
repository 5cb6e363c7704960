import fc from 'fast-check';

/** What is wrong with one image of a disk, or with the disk; `none` most of the time. */
const FAULTS = [
  ...['missing', 'short', 'cut off', 'a directory', 'outside', 'in use'],
  ...['linked beside', 'linked elsewhere', 'the file of another', 'another cluster size'],
  ...['another version', 'shared place', 'beyond the end', 'split', 'not whole'],
  'another descriptor',
] as const;
export type Fault = (typeof FAULTS)[number] | 'none';

interface NodeSpec {
  /** A node before it; -1 for a base. */
  readonly parent: number;
  readonly held: readonly boolean[];
  /** Clusters that the disk was grown by in front of it. */
  readonly grown: number;
  readonly temporary: boolean;
  /** Clusters of its file that nothing refers to. */
  readonly unused: number;
}

/** A disk to be made. Its top is the last node, unless `top` says otherwise. */
export interface SpaceDisk {
  readonly version: 1 | 2;
  readonly blockSize: number;
  readonly clusters: number;
  readonly nodes: readonly NodeSpec[];
  readonly top: number;
  readonly rawBase: boolean;
  readonly faults: readonly {
    readonly fault: Fault;
    readonly at: number;
    readonly other: number;
  }[];
  readonly seed: number;
}

/** Clusters that can hold data. */
export const MOST_CLUSTERS = 12;
const node = fc.record({
  parent: fc.nat(9),
  held: fc.oneof(
    { weight: 4, arbitrary: fc.array(fc.boolean(), { maxLength: MOST_CLUSTERS }) },
    { weight: 1, arbitrary: fc.constant(Array.from({ length: MOST_CLUSTERS }, () => true)) },
  ),
  // One cluster of 32 KiB has a table of 8176 entries: after that, data move when it grows.
  grown: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 5 }) },
    { weight: 1, arbitrary: fc.constantFrom(9000, 20_000) },
  ),
  temporary: fc.oneof(
    { weight: 5, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.boolean() },
  ),
  unused: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(2) }),
});
const fault = fc.record({
  fault: fc.oneof(
    { weight: 1, arbitrary: fc.constant<Fault>('none') },
    { weight: 2, arbitrary: fc.constantFrom<Fault>(...FAULTS) },
  ),
  at: fc.nat(9),
  other: fc.nat(9),
});

/** Trees of 1 to 6 images with branches, temporary shots, growth, and up to two faults. */
export const spaceDisk: fc.Arbitrary<SpaceDisk> = fc
  .record({
    version: fc.constantFrom(1 as const, 2 as const),
    blockSize: fc.constantFrom(64, 64, 128),
    clusters: fc.integer({ min: 1, max: MOST_CLUSTERS }),
    nodes: fc.array(node, { minLength: 1, maxLength: 6 }),
    top: fc.oneof({ weight: 9, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: fc.nat(9) }),
    rawBase: fc.oneof(
      { weight: 4, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
    faults: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 4, arbitrary: fc.array(fault, { minLength: 1, maxLength: 1 }) },
      { weight: 1, arbitrary: fc.array(fault, { minLength: 2, maxLength: 2 }) },
    ),
    seed: fc.nat(),
  })
  .map(({ nodes, top, ...rest }) => {
    const last = nodes.length - 1;
    const isLinear = nodes.length % 2 === 1;
    return {
      ...rest,
      nodes: nodes.map((one, index) => ({
        ...one,
        // A chain as often as a tree; the next one more often than any other.
        parent: index === 0 ? -1 : isLinear || one.parent >= index ? index - 1 : one.parent,
        temporary: one.temporary && index > 0 && index < last,
        grown: index === 0 || rest.rawBase ? 0 : one.grown,
      })),
      top: top < 0 ? last : top % nodes.length,
    };
  });

/** Files of which nothing can be known. */
const UNREADABLE: ReadonlySet<Fault> = new Set(['missing', 'short', 'a directory']);
/** Faults that leave the table of the image as it is. */
const HARMLESS: ReadonlySet<Fault> = new Set([
  'none',
  'in use',
  'linked beside',
  'linked elsewhere',
  'another descriptor',
]);

/** Clusters that an image of a disk has; `undefined` if nothing can know it, `other` if a fault has a say in it. */
export function heldClusters(disk: SpaceDisk, index: number): number | 'other' | undefined {
  const { nodes, faults, rawBase } = disk;
  const own = faults.filter(({ at }) => at % nodes.length === index).map(({ fault }) => fault);
  const isRaw = rawBase && index === 0;
  if (own.length === 1 && own.some((fault) => UNREADABLE.has(fault)) && !isRaw) return undefined;
  // A second name may be that of another image.
  const isOther = faults.some(({ fault }) => fault === 'split' || fault === 'the file of another');
  if (isRaw || isOther || own.some((fault) => !HARMLESS.has(fault))) return 'other';
  let [clusters, at] = [disk.clusters, index];
  for (; at >= 0; at = nodes[at]?.parent ?? -1) clusters += nodes[at]?.grown ?? 0;
  const possible = Math.min(clusters, MOST_CLUSTERS);
  return (nodes[index]?.held ?? []).slice(0, possible).filter((is) => is).length;
}
