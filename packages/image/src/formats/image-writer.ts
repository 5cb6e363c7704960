import type { UnitMap } from './unit-map.ts';

/** What an image file is made of. */
export interface WrittenDisk {
  /** Virtual size in bytes, a whole number of sectors. */
  readonly size: number;
  /** What each unit of the format holds. */
  readonly units: UnitMap;
  /** 16 bytes that identify the image: the same for the same disk. */
  readonly id: Uint8Array;
  /** The file that shows through where nothing is stored, by a name relative to the image. */
  readonly backing?: { readonly name: string; readonly format: string };
}

/** Tables of an image file, made a page at a time. */
export interface TablePart {
  /** Byte of the file. */
  readonly start: number;
  readonly pageBytes: number;
  readonly pages: number;
  /** The bytes of a page: `pageBytes` of them. */
  readonly page: (index: number) => Uint8Array;
}

/** An image file: tables first, then the units of the disk that hold data, in order. Everything else is zeros. */
export interface ImagePlan {
  /** Bytes of the file. */
  readonly bytes: number;
  /** Byte of the file at which the first unit is. */
  readonly dataStart: number;
  /** In order. They end before the data. */
  readonly tables: readonly TablePart[];
}

/** Writes a format of image files whose tables can be made before any data is read. */
export interface ImageWriter {
  /** Bytes of a unit: what the format allocates at a time. */
  readonly unitBytes: number;
  /** Largest disk in bytes. */
  readonly mostBytes: number;
  readonly plan: (disk: WrittenDisk) => ImagePlan;
}

/** Tables that are made at once. */
export function wholePart(start: number, bytes: Uint8Array): TablePart {
  return { start, pageBytes: bytes.length, pages: 1, page: () => bytes };
}
