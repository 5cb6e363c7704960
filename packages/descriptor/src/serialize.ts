import { requireWritable } from './arguments/model.ts';
import type { DiskDescriptor, Geometry, Shot, StoragePart, Volume } from './model.ts';
import { sectors } from './units.ts';
import { escapeText } from './xml/escape.ts';

/** One element: its name and its text, its children, or nothing. */
type Node = readonly [name: string, content?: string | readonly Node[]];

/**
 * A descriptor as the tool writes it, byte for byte: its elements, its order, its indentation. What the model does not
 * hold is not written, nor what is `foreign`, as with the tool. The sectors of the geometry are computed from the size,
 * as the tool does. A split disk, which no release writes, has one `Storage` for each part.
 *
 * @throws DescriptorError with `OPTION_INVALID` for what a document cannot say, such as a name with half a character.
 */
export function serializeDescriptor(descriptor: DiskDescriptor): string {
  requireWritable(descriptor);
  const { root, topGuid, shots } = descriptor;
  const snapshots: readonly Node[] = [
    ...optional('TopGUID', topGuid),
    ...shots.filter(isOwn).map((shot): Node => ['Shot', shotNodes(shot)]),
  ];
  const document: Node = [
    root,
    [
      ['Disk_Parameters', parameterNodes(descriptor)],
      ['StorageData', storageNodes(descriptor)],
      ['Snapshots', snapshots],
    ],
  ];
  return `<?xml version="1.0"?>\n${render(document, '')}`;
}

function parameterNodes(descriptor: DiskDescriptor): readonly Node[] {
  const { size, maxDeltaSize, geometry } = descriptor;
  const encryption = encryptionNodes(descriptor);
  const { cylinders, heads } = geometry;
  return [
    ['Disk_size', exact(size)],
    ...optional('Max_delta_size', maxDeltaSize === undefined ? undefined : exact(maxDeltaSize)),
    ['Cylinders', String(cylinders)],
    ['Heads', String(heads)],
    ['Sectors', exact(sectorsPerTrack(size, geometry))],
    ['Padding', '0'],
    ...(encryption.length === 0 ? [] : [['Encryption', encryption] satisfies Node]),
  ];
}

/** No release writes what belongs to an engine; without it nobody could decrypt the content. */
function encryptionNodes({ encryptionKeyId, desktopEncryption }: DiskDescriptor): readonly Node[] {
  return [
    ...optional('KeyId', encryptionKeyId),
    ...optional('Engine', desktopEncryption?.engine),
    ...optional('Data', desktopEncryption?.data),
    ...optional('Salt', desktopEncryption?.salt),
  ];
}

/** As the tool computes it, in 32 bits; 0 where releases up to 7.0.43 crash and those from 7.0.95 on write 0. */
export function sectorsPerTrack(size: number, { cylinders, heads }: Geometry): number {
  const tracks = Math.imul(cylinders, heads) >>> 0;
  return tracks === 0 ? 0 : Math.floor(size / tracks);
}

function storageNodes(descriptor: DiskDescriptor): readonly Node[] {
  const { volume, size } = descriptor;
  const parts = descriptor.storages ?? [{ ...descriptor, start: sectors(0), end: size }];
  return [
    ...(volume === undefined ? [] : [['Volume', volumeNodes(volume)] satisfies Node]),
    ...parts.map((part): Node => ['Storage', partNodes(part)]),
  ];
}

function partNodes({ start, end, blockSize, mode, images }: StoragePart): readonly Node[] {
  // The tool writes one word for all images of a raw disk, though its deltas are not raw.
  const type = mode === 'raw' ? 'Plain' : 'Compressed';
  const imageNodes = images.filter(isOwn).map(({ guid, file }): Node => [
    'Image',
    [
      ['GUID', guid],
      ['Type', type],
      ['File', file],
    ],
  ]);
  return [
    ...optional('Start', start === undefined ? undefined : exact(start)),
    ...optional('End', end === undefined ? undefined : exact(end)),
    ['Blocksize', exact(blockSize)],
    ...optional('Preallocated', mode === 'preallocated' ? '1' : undefined),
    ...imageNodes,
  ];
}

function volumeNodes({ parent, snapshotGuid, readOnly }: Volume): readonly Node[] {
  return [
    ...optional('Parent', parent),
    ...optional('SnapshotGUID', snapshotGuid),
    ...optional('ReadOnly', readOnly ? '1' : undefined),
  ];
}

function shotNodes({ guid, parentGuid, temporary, reverseMerge }: Shot): readonly Node[] {
  const marks = { zero: 'TemporaryZero', 'zero-swap': 'TemporaryZeroSwap' } as const;
  const mark =
    reverseMerge === undefined ? (temporary ? 'Temporary' : undefined) : marks[reverseMerge];
  return [
    ['GUID', guid],
    ['ParentGUID', parentGuid],
    ...(mark === undefined ? [] : [[mark] satisfies Node]),
  ];
}

/** Images and shots of parent volumes are in their descriptors. */
export function isOwn({ foreign }: { readonly foreign?: true }): boolean {
  return foreign !== true;
}

function optional(name: string, text: string | undefined): readonly Node[] {
  return text === undefined ? [] : [[name, text]];
}

/** A count in digits, never in the exponential form that large numbers have. */
function exact(count: number): string {
  return BigInt(count).toString();
}

function render([name, content]: Node, indent: string): string {
  if (content === undefined || content.length === 0) return `${indent}<${name}/>\n`;
  if (typeof content === 'string') return `${indent}<${name}>${escapeText(content)}</${name}>\n`;
  const inner = content.map((node) => render(node, `${indent}  `)).join('');
  return `${indent}<${name}>\n${inner}${indent}</${name}>\n`;
}
