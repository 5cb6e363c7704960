import { bytes as toByteCount, type Diagnostic } from '@ploop/descriptor';
import type { ImageSource, Steps } from '@ploop/descriptor/internal';

import { readBitmapDirectory, type BitmapEntry } from './bitmap-directory.ts';
import { readBytes, textOf } from './bytes.ts';
import { readExtensions, type Extensions } from './extensions.ts';
import { headerFault } from './header-fault.ts';
import type { Qcow2Description, Qcow2Details } from './qcow2-description.ts';
import { basicDescription, FEATURES, parseQcow2Header, type Qcow2Header } from './qcow2-header.ts';
import { readSnapshotTable, type SnapshotTable } from './snapshot-table.ts';

/** Everything that the header of a qcow2 image and the tables of its first cluster say. */
export interface Qcow2Image {
  readonly header: Qcow2Header;
  readonly description: Qcow2Description;
  /** Why it cannot be opened; then what follows is absent. */
  readonly fault?: Diagnostic;
  readonly extensions?: Extensions;
  readonly details?: Qcow2Details;
  readonly snapshots?: SnapshotTable;
  readonly bitmaps?: readonly BitmapEntry[] | undefined;
}

const METHODS = [undefined, 'AES', 'LUKS'] as const;
const KINDS = ['zlib', 'zstd'] as const;
const LAZY_REFCOUNTS = 1n;
const RAW_DATA = 2n;

/**
 * Reads what describes a qcow2 image.
 *
 * @param depth - `header`: without snapshots and bitmaps.
 * @throws DescriptorError with code `FILE_UNREADABLE`.
 */
export function* readQcow2(
  source: ImageSource,
  start: Uint8Array,
  depth: 'header' | 'all',
): Steps<Qcow2Image> {
  const header = parseQcow2Header(start);
  const basic = basicDescription(header, source.bytes);
  const fault = headerFault(header, source.file, source.bytes);
  if (fault !== undefined) return { header, description: basic, fault };
  const extensions = yield* readExtensions(source, header);
  const backing = yield* backingOf(source, header, extensions);
  const all = depth === 'all';
  const snapshots = all ? yield* readSnapshotTable(source, header) : undefined;
  const isListed = all && extensions.bitmaps !== undefined;
  const bitmaps = isListed ? yield* readBitmapDirectory(source, extensions.bitmaps) : undefined;
  const details: Qcow2Details = {
    ...fieldsOf(header, extensions),
    ...(backing && { backing }),
    ...(snapshots?.fault === undefined &&
      snapshots && {
        internalSnapshots: snapshots.entries.map(({ id, name, takenAt, size, stateBytes }) => ({
          ...{ id, name, takenAt, size, stateBytes },
        })),
      }),
    ...(bitmaps && {
      bitmaps: bitmaps.map(({ name, granularity, inUse, enabled }) => ({
        ...{ name, granularity, inUse, enabled },
      })),
    }),
  };
  const description = { ...basic, details };
  return { header, description, extensions, details, ...(snapshots && { snapshots }), bitmaps };
}

function fieldsOf(
  header: Qcow2Header,
  { dataFile, featureNames }: Extensions,
): Omit<Qcow2Details, 'backing'> {
  const { incompatible, cryptMethod } = header;
  const encryption = METHODS[cryptMethod] ?? (cryptMethod === 0 ? undefined : 'unknown');
  return {
    clusterBytes: toByteCount(2 ** header.clusterBits),
    refcountBits: 2 ** header.refcountOrder,
    extendedL2: (incompatible & FEATURES.extendedL2) !== 0n,
    lazyRefcounts: (header.compatible & LAZY_REFCOUNTS) !== 0n,
    compression: KINDS[header.compressionType] ?? 'unknown',
    ...(encryption && { encryption }),
    ...((incompatible & FEATURES.dataFile) !== 0n && {
      dataFile: {
        ...(dataFile !== undefined && { name: dataFile }),
        raw: (header.autoclear & RAW_DATA) !== 0n,
      },
    }),
    unknownFeatures: unknownFeatures(incompatible, featureNames),
  };
}

function unknownFeatures(
  incompatible: bigint,
  names: ReadonlyMap<string, string>,
): readonly string[] {
  const known = Object.values(FEATURES).reduce((all, bit) => all | bit, 0n);
  return Array.from({ length: 64 }, (_, bit) => bit)
    .filter((bit) => ((incompatible & ~known) >> BigInt(bit)) % 2n === 1n)
    .map((bit) => names.get(`0:${String(bit)}`) ?? `bit ${String(bit)}`);
}

function* backingOf(
  source: ImageSource,
  { backingOffset, backingBytes }: Qcow2Header,
  { backingFormat }: Extensions,
): Steps<Qcow2Details['backing']> {
  if (backingOffset === 0n) return undefined;
  const name = textOf(yield* readBytes(source, Number(backingOffset), backingBytes));
  return { name, ...(backingFormat !== undefined && { format: backingFormat }) };
}
