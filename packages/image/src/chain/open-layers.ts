import { diagnostic, DescriptorError, toBytes } from '@ploop/descriptor';
import type { ImageSource, Steps } from '@ploop/descriptor/internal';

import { describedAt } from '../formats/describe.ts';
import type { FileName, OpenImageOptions } from '../formats/image-format.ts';
import { noImage } from '../formats/no-image.ts';
import { openRaw } from '../formats/raw/open-raw.ts';
import { rawDescription } from '../formats/raw/raw-description.ts';
import { refuseTooLong, type ChainLayer } from './chain-layer.ts';

/** How the images of a chain are opened. */
export interface OpenLayersOptions extends OpenImageOptions {
  /** Whether the base is a bare disk. */
  readonly rawBase: boolean;
  /** How much of each image to describe. */
  readonly depth: 'header' | 'all';
  /** Whether images may have any format: those that a descriptor names must be of ploop. */
  readonly anyFormat: boolean;
}

/** The formats of backing files, by the names that QEMU has for them. */
const BACKING_FORMATS: ReadonlyMap<string, ChainLayer['description']['format']> = new Map([
  ['parallels', 'ploop'],
  ['qcow2', 'qcow2'],
  ['raw', 'raw'],
]);

/**
 * Opens the images of a chain, base first. The backing files of the lowest one are below it.
 *
 * @throws DescriptorError with code `CHAIN_TOO_LONG`, `FILE_UNREADABLE`, `HEADER_TOO_SHORT`, `HEADER_INVALID`,
 * `IMAGE_UNSUPPORTED`, `TABLE_DAMAGED`, and as `openFile`.
 */
export function* openLayers(
  sources: readonly ImageSource[],
  options: OpenLayersOptions,
): Steps<readonly ChainLayer[]> {
  refuseTooLong(sources.length);
  const layers: ChainLayer[] = [];
  for (const [level, source] of sources.entries()) {
    // The snapshot is one inside the top.
    const own = level === sources.length - 1 ? options : withoutSnapshot(options);
    layers.push(options.rawBase && level === 0 ? rawLayer(source) : yield* layerAt(source, own));
  }
  return [...(yield* backingLayers(layers[0], options)), ...layers];
}

/** The backing files of an image, lowest first. */
function* backingLayers(
  base: ChainLayer | undefined,
  options: OpenLayersOptions,
): Steps<readonly ChainLayer[]> {
  const own = withoutSnapshot(options);
  const layers: ChainLayer[] = [];
  const seen = new Set([base?.source.file]);
  for (let layer = base; layer?.image.backing !== undefined;) {
    const { backing } = layer.image;
    const source = yield* openBacking(layer, backing, own);
    if (seen.has(source.file)) throw unsupported(layer, `its own backing file "${backing.name}"`);
    seen.add(source.file);
    refuseTooLong(seen.size);
    layer = yield* backingLayer(layer, source, backing, own);
    layers.push(layer);
  }
  return layers.reverse();
}

function withoutSnapshot({
  rawBase,
  depth,
  anyFormat,
  openFile,
  decoders,
}: OpenLayersOptions): OpenLayersOptions {
  return {
    ...{ rawBase, depth, anyFormat },
    ...(openFile && { openFile }),
    ...(decoders && { decoders }),
  };
}

function openBacking(
  layer: ChainLayer,
  { name }: FileName,
  { openFile }: OpenImageOptions,
): Steps<ImageSource> {
  if (openFile === undefined) throw unsupported(layer, `the backing file "${name}"`);
  return openFile(name, layer.source);
}

function* backingLayer(
  above: ChainLayer,
  source: ImageSource,
  { format: stated }: FileName,
  options: OpenLayersOptions,
): Steps<ChainLayer> {
  const format = stated === undefined ? undefined : BACKING_FORMATS.get(stated);
  if (stated !== undefined && format === undefined)
    throw unsupported(above, `a backing file of the format "${stated}"`);
  if (format === 'raw') return rawLayer(source);
  const { description, open } = yield* describedAt(source, options.depth);
  if (format === undefined && description.format === 'raw') return rawLayer(source);
  if (description.format === 'raw') throw new DescriptorError([noImage(source.file, description)]);
  if (format !== undefined && description.format !== format)
    throw unsupported(above, `a backing file of the format "${String(stated)}"`);
  const image = yield* open(options);
  return { source, description, size: image.size, image };
}

function* layerAt(source: ImageSource, options: OpenLayersOptions): Steps<ChainLayer> {
  const { file } = source;
  const { description, open } = yield* describedAt(source, options.depth);
  if (description.format === 'raw') throw new DescriptorError([noImage(file, description)]);
  if (description.format === 'qcow2' && !options.anyFormat)
    throw new DescriptorError([diagnostic('IMAGE_UNSUPPORTED', { file, format: 'qcow2' })]);
  const image = yield* open(options);
  return { source, description, size: image.size, image };
}

/** A base that is a bare disk. Its first bytes are the guest's, and must not make it another format. */
function rawLayer(source: ImageSource): ChainLayer {
  const description = rawDescription(source.bytes);
  return { source, description, size: toBytes(description.size), image: openRaw(source) };
}

function unsupported({ source: { file } }: ChainLayer, feature: string): DescriptorError {
  return new DescriptorError([diagnostic('IMAGE_UNSUPPORTED', { file, format: 'qcow2', feature })]);
}
