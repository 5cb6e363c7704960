import { basename } from 'node:path';

import type { Snapshot } from '@ploop/offline';
import prettyBytes from 'pretty-bytes';

import { moreText } from '../output/more.ts';
import { toTable } from '../output/table.ts';

/** A part of a disk, and the image that holds it. */
interface Piece {
  readonly start: number;
  readonly length: number;
  /** Index in `images`; absent if no image holds it, so that it reads as zeros. */
  readonly image?: number;
  /** Byte of the file of that image. */
  readonly offset?: number;
}

/** Where the bytes of a snapshot are. */
export interface DiskMap {
  readonly size: number;
  readonly images: readonly { readonly guid: string; readonly file: string }[];
  readonly pieces: readonly Piece[];
  /** Whether there are more pieces than are kept. */
  readonly isCut: boolean;
  /** Of each image, what it holds in all, in bytes. */
  readonly held: readonly number[];
  /** How many pieces images hold in all. */
  readonly heldPieces: number;
  /** Of each cell of the strip, the image that has most of it; `undefined` for none. */
  readonly strip: readonly (number | undefined)[];
}

const CELLS = 64;
const MOST_PIECES = 100_000;
const MOST_SHOWN = 40;
const NAMES = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** The parts of a snapshot in order, without reading data. */
export async function mapOf(snapshot: Snapshot): Promise<DiskMap> {
  const pieces: Piece[] = [];
  let isCut = false;
  const cells = Array.from({ length: CELLS }, () => new Map<number, number>());
  const { size } = snapshot;
  const held = snapshot.images.map(() => 0);
  let heldPieces = 0;
  for await (const extent of snapshot.extents()) {
    const { start, length } = extent;
    if (extent.allocated) {
      addTo(cells, size, extent);
      held[extent.layer] = (held[extent.layer] ?? 0) + length;
      heldPieces += 1;
    }
    if (pieces.length === MOST_PIECES) {
      isCut = true;
      continue;
    }
    const where = extent.allocated ? { image: extent.layer, offset: extent.offset } : {};
    pieces.push({ start, length, ...where });
  }
  const images = snapshot.images.map(({ guid, path }) => ({ guid, file: path }));
  return { size, images, pieces, isCut, held, heldPieces, strip: cells.map(mostOf) };
}

/** Counts the bytes of an extent in the cells that it lies in. */
function addTo(
  cells: readonly Map<number, number>[],
  size: number,
  {
    start,
    length,
    layer,
  }: { readonly start: number; readonly length: number; readonly layer: number },
): void {
  const cellSize = size / CELLS;
  const last = Math.min(CELLS - 1, Math.floor((start + length - 1) / cellSize));
  for (let index = Math.min(CELLS - 1, Math.floor(start / cellSize)); index <= last; index += 1) {
    const from = Math.max(start, index * cellSize);
    const to = Math.min(start + length, (index + 1) * cellSize);
    const cell = cells[index];
    cell?.set(layer, (cell.get(layer) ?? 0) + to - from);
  }
}

function mostOf(cell: ReadonlyMap<number, number>): number | undefined {
  const [most] = [...cell].toSorted(([, one], [, other]) => other - one);
  return most?.[0];
}

/** The map for people: a strip, what its letters mean, and the extents. */
export function mapLines(map: DiskMap): readonly string[] {
  const { size, images, pieces, isCut, held, heldPieces, strip } = map;
  const letter = (image: number | undefined): string =>
    image === undefined ? '.' : (NAMES[image] ?? '+');
  const bytes = (count: number): string => prettyBytes(count, { binary: true });
  const shown = pieces.filter(({ image }) => image !== undefined);
  const more = heldPieces - MOST_SHOWN;
  return [
    `0 ${strip.map(letter).join('')} ${bytes(size)}`,
    '',
    ...toTable([
      ['', 'HOLDS', 'GUID', 'FILE'],
      ...images.map(({ guid, file }, index) => [
        letter(index),
        bytes(held[index] ?? 0),
        guid,
        basename(file),
      ]),
    ]),
    '',
    ...toTable([
      ['', 'START', 'LENGTH', 'OFFSET IN FILE'],
      ...shown
        .slice(0, MOST_SHOWN)
        .map(({ start, length, image, offset }) => [
          letter(image),
          ...[start, length, offset ?? 0].map(String),
        ]),
    ]),
    ...(more > 0 ? [moreText(more, isCut)] : []),
  ];
}

/** The map for programs. */
export function mapJson({ size, images, pieces, isCut }: DiskMap): object {
  return { size, images, extents: pieces, ...(isCut && { truncated: true }) };
}
