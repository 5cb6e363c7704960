import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { qemuImg, qemuIo } from '@ploop/test-kit/qemu';
import fc from 'fast-check';

/** A change of an image, in units of 512 bytes; `at` wraps around at the end of the disk. */
type Change =
  | {
      readonly kind: 'write' | 'zero' | 'unmap' | 'discard';
      readonly at: number;
      readonly length: number;
      readonly byte: number;
    }
  | { readonly kind: 'compress'; readonly at: number; readonly byte: number }
  | { readonly kind: 'snapshot' | 'bitmap' };

/** One image of a backing chain. */
export interface LayerSpec {
  readonly compat: '0.10' | '1.1';
  readonly clusterBits: number;
  readonly refcountBits: number;
  readonly extended: boolean;
  readonly compression: 'zlib' | 'zstd';
  readonly lazy: boolean;
  readonly preallocation: 'off' | 'metadata';
  readonly dataFile: 'none' | 'mixed' | 'raw';
  /** Virtual size in units of 512 bytes. */
  readonly size: number;
  readonly changes: readonly Change[];
}

/** A chain of images, base first. */
export interface ChainSpec {
  readonly base: 'none' | 'raw' | 'parallels';
  readonly layers: readonly LayerSpec[];
}

type Marker = Extract<Change, { readonly kind: 'snapshot' | 'bitmap' }>;

const isMarker = (change: Change): change is Marker =>
  change.kind === 'snapshot' || change.kind === 'bitmap';

const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('write', 'write', 'zero', 'unmap', 'discard'),
      at: fc.nat(8_191),
      length: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 1_000 })),
      byte: fc.integer({ min: 1, max: 255 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('compress' as const),
      at: fc.nat(8_191),
      byte: fc.integer({ min: 1, max: 255 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('snapshot', 'bitmap') }) },
);

const layer: fc.Arbitrary<LayerSpec> = fc.record({
  compat: fc.constantFrom('0.10', '1.1', '1.1', '1.1'),
  clusterBits: fc.constantFrom(9, 12, 14, 16, 16, 18, 21),
  refcountBits: fc.constantFrom(1, 2, 4, 8, 16, 32, 64),
  extended: fc.boolean(),
  compression: fc.constantFrom('zlib', 'zstd'),
  lazy: fc.boolean(),
  preallocation: fc.constantFrom('off', 'off', 'off', 'metadata'),
  dataFile: fc.constantFrom('none', 'none', 'none', 'none', 'mixed', 'raw'),
  size: fc.integer({ min: 1, max: 8_192 }),
  changes: fc.array(change, { maxLength: 14 }),
});

/** Chains of qcow2 images over nothing, a bare disk or a ploop image. */
export const chainSpec: fc.Arbitrary<ChainSpec> = fc.record({
  base: fc.constantFrom('none', 'none', 'raw', 'parallels'),
  layers: fc.array(layer, { minLength: 1, maxLength: 3 }),
});

/** What was made. */
export interface MadeChain {
  /** Base first. */
  readonly files: readonly string[];
  /** IDs of the snapshots inside the top. */
  readonly snapshots: readonly string[];
}

/** Makes the images of a chain with QEMU. Options that do not go together are left out. */
export async function makeChain(
  { base, layers }: ChainSpec,
  directory: string,
): Promise<MadeChain> {
  await mkdir(directory, { recursive: true });
  const files: string[] = [];
  const add = (name: string): string => {
    const file = join(directory, name);
    files.push(file);
    return file;
  };
  if (base !== 'none') {
    const file = add(`base.${base}`);
    await qemuImg('create', '-q', '-f', base, file, '1M');
    await qemuIo(file, ['write -P 77 0 300k', 'write -P 78 700k 100k'], base);
  }
  let format: string = base;
  let snapshots: readonly string[] = [];
  for (const [level, spec] of layers.entries()) {
    const below = files.at(-1);
    const file = add(`layer ${String(level)}.qcow2`);
    // QEMU looks for relative names where it runs.
    const data = join(directory, `data ${String(level)}.raw`);
    const options = optionsOf(
      { ...spec, data },
      below === undefined ? undefined : [basename(below), format],
    );
    await qemuImg('create', '-q', '-f', 'qcow2', '-o', options, file, String(spec.size * 512));
    snapshots = await changeImage(file, spec);
    format = 'qcow2';
  }
  return { files, snapshots };
}

/** The features that an image has in the end. */
function featuresOf(spec: LayerSpec, hasBacking: boolean) {
  const is3 = spec.compat === '1.1';
  const extended = is3 && spec.extended && spec.clusterBits >= 14;
  const dataFile = is3 && !(spec.dataFile === 'raw' && hasBacking) ? spec.dataFile : 'none';
  return { is3, extended, dataFile };
}

function optionsOf(
  spec: LayerSpec & { readonly data: string },
  backing: readonly [string, string] | undefined,
): string {
  const { is3, extended, dataFile } = featuresOf(spec, backing !== undefined);
  const canAllocate = backing === undefined || extended || !is3;
  const options = [
    `compat=${spec.compat}`,
    `cluster_size=${String(2 ** spec.clusterBits)}`,
    ...(is3
      ? [
          `refcount_bits=${String(spec.refcountBits)}`,
          `compression_type=${spec.compression}`,
          `lazy_refcounts=${spec.lazy ? 'on' : 'off'}`,
          `extended_l2=${extended ? 'on' : 'off'}`,
        ]
      : []),
    ...(backing === undefined ? [] : [`backing_file=${backing[0]}`, `backing_fmt=${backing[1]}`]),
    ...(canAllocate && backing === undefined ? [`preallocation=${spec.preallocation}`] : []),
    ...(dataFile === 'none'
      ? []
      : [`data_file=${spec.data}`, `data_file_raw=${dataFile === 'raw' ? 'on' : 'off'}`]),
  ];
  return options.join(',');
}

async function changeImage(file: string, spec: LayerSpec): Promise<readonly string[]> {
  const snapshots: string[] = [];
  const { is3, dataFile } = featuresOf(spec, true);
  const cluster = 2 ** (spec.clusterBits - 9);
  const hasDataFile = is3 && dataFile !== 'none';
  let commands: string[] = [];
  const flush = async (): Promise<void> => {
    // A few changes cannot be made, as to a place that a one-bit count already counts.
    for (const command of commands) await qemuIo(file, [command], 'qcow2').catch(() => undefined);
    commands = [];
  };
  for (const [index, change] of spec.changes.entries()) {
    if (isMarker(change)) {
      await flush();
      const isMade =
        change.kind === 'bitmap'
          ? is3 && (await succeeds('bitmap', '--add', file, `bitmap ${String(index)}`))
          : !hasDataFile && (await succeeds('snapshot', '-c', `snapshot ${String(index)}`, file));
      if (isMade && change.kind === 'snapshot') snapshots.push(String(snapshots.length + 1));
      continue;
    }
    const at = change.at % spec.size;
    if (change.kind === 'compress') {
      const start = at - (at % cluster);
      if (start + cluster <= spec.size && !hasDataFile)
        commands.push(`write -c -P ${String(change.byte)} ${bytes(start)} ${bytes(cluster)}`);
      continue;
    }
    const range = `${bytes(at)} ${bytes(Math.min(change.length, spec.size - at))}`;
    commands.push(
      {
        write: `write -P ${String(change.byte)} ${range}`,
        zero: `write -z ${range}`,
        unmap: `write -z -u ${range}`,
        discard: `discard ${range}`,
      }[change.kind],
    );
  }
  await flush();
  return snapshots;
}

async function succeeds(...argv: readonly string[]): Promise<boolean> {
  return qemuImg(...argv).then(
    () => true,
    () => false,
  );
}

function bytes(sectors: number): string {
  return String(sectors * 512);
}
