import { readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { imageOf, makeDisk, type Shape } from '../shape.ts';
import { type Draw, type Form, NAMES, oneOf } from './form.ts';

function shapeOf(draw: Draw, images: number): Shape {
  const name = oneOf(draw, 0, NAMES);
  const clusters = draw(1, 16, 60);
  return {
    version: draw(2, 1, 2) === 1 ? 1 : 2,
    blockSize: oneOf(draw, 3, [64, 128, 256]),
    clusters,
    levels: Array.from({ length: images }, (_, level) => [level, level + 1, clusters - 1 - level]),
    files: Array.from({ length: images }, (_, level) =>
      level === 0 ? name : `${name}.${String(level)}`,
    ),
  };
}

/** Makes a disk whose base is a bare disk; `types`: of the images above it. */
const bare =
  (least: number, most: number, types: 'Plain' | 'Compressed' = 'Plain'): Form['make'] =>
  (directory, draw) => {
    const disk = join(directory, 'bare.hdd');
    const shape = shapeOf(draw, draw(4, least, most));
    makeDisk(disk, shape);
    const bytes = Buffer.alloc(shape.clusters * shape.blockSize * 512);
    for (let at = 0; at < bytes.length; at += 512) bytes.write(`sector ${String(at)}`, at);
    writeFileSync(join(disk, shape.files[0] ?? ''), bytes);
    let image = 0;
    edit(disk, (xml) =>
      xml.replaceAll('<Type>Compressed<', () => `<Type>${image++ === 0 ? 'Plain' : types}<`),
    );
    return disk;
  };

function edit(disk: string, change: (xml: string) => string): void {
  const path = join(disk, 'DiskDescriptor.xml');
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

function base(disk: string): string {
  const xml = readFileSync(join(disk, 'DiskDescriptor.xml'), 'utf8');
  return join(disk, /<File>([^<]*)/.exec(xml)?.[1]?.replaceAll('&apos;', "'") ?? '');
}

const cut =
  (left: (bytes: number, draw: Draw) => number): Form['spoil'] =>
  (disk, draw) => {
    const { length } = readFileSync(base(disk));
    truncateSync(base(disk), left(length, draw));
    return undefined;
  };

const wholeSectors = (bytes: number, draw: Draw): number => 512 * draw(9, 1, bytes / 512 - 1);

/** Situations of disks whose base is a bare disk. */
export const bareForms: readonly Form[] = [
  {
    name: 'a cut bare disk',
    make: bare(1, 1),
    spoil: cut(wholeSectors),
    code: 'IMAGE_TRUNCATED',
    says: /the last \d+ are missing/,
    beside: ['SIZE_NOT_WHOLE'],
  },
  {
    name: 'a bare disk cut within a sector',
    make: bare(1, 1),
    spoil: cut((bytes, draw) => wholeSectors(bytes, draw) + draw(10, 1, 511)),
    code: 'IMAGE_TRUNCATED',
    beside: ['FILE_END_ODD', 'SIZE_NOT_WHOLE'],
  },
  { name: 'an empty bare disk', make: bare(1, 1), spoil: cut(() => 0), code: 'IMAGE_TRUNCATED' },
  {
    name: 'a cut bare base',
    make: bare(2, 6),
    spoil: cut(wholeSectors),
    code: 'BASE_SHORTER',
    beside: ['SIZE_NOT_WHOLE'],
  },
  {
    name: 'a cut bare base below images of Parallels Desktop',
    make: bare(2, 6, 'Compressed'),
    spoil: cut(wholeSectors),
    code: 'BASE_SHORTER',
    beside: ['SIZE_NOT_WHOLE'],
    healthy: ['BASE_PLAIN'],
  },
  { name: 'an empty bare base', make: bare(2, 6), spoil: cut(() => 0), code: 'BASE_SHORTER' },
  {
    name: 'a missing bare base',
    make: bare(1, 6),
    spoil: (disk) => {
      rmSync(base(disk));
      return undefined;
    },
    code: 'DELTA_MISSING',
    opens: 'DELTA_MISSING',
  },
  {
    name: 'a bare base that was renamed by hand',
    make: bare(1, 6),
    spoil: (disk) => {
      renameSync(base(disk), join(disk, 'renamed by hand.img'));
      return undefined;
    },
    code: 'DELTA_MISSING',
    says: /"renamed by hand\.img" may be it \(disk of the same size/,
    opens: 'DELTA_MISSING',
    beside: ['DELTA_ORPHANED'],
  },
  {
    name: 'a bare base that is Compressed by the descriptor',
    make: bare(1, 6),
    spoil: (disk) => {
      edit(disk, (xml) => xml.replaceAll('<Type>Plain<', '<Type>Compressed<'));
      return undefined;
    },
    code: 'HEADER_INVALID',
    says: /exactly as long as a bare disk/,
    opens: 'HEADER_INVALID',
  },
  {
    name: 'an image that is bare by the descriptor',
    make: bare(1, 6),
    spoil: (disk, draw) => {
      writeFileSync(base(disk), imageOf(shapeOf(draw, draw(4, 1, 6)), 0));
      return undefined;
    },
    code: 'BASE_NOT_RAW',
    beside: ['IMAGE_TRUNCATED', 'BASE_SHORTER', 'SIZE_NOT_WHOLE', 'DISK_SIZE_DIFFERS'],
  },
  {
    name: 'a bare disk with more at its end',
    make: bare(1, 1),
    spoil: (disk, draw) => {
      writeFileSync(
        base(disk),
        Buffer.concat([readFileSync(base(disk)), Buffer.alloc(512 * draw(9, 1, 4000), 1)]),
      );
      return undefined;
    },
    code: 'DISK_SIZE_DIFFERS',
    beside: ['SIZE_NOT_WHOLE'],
  },
  {
    name: 'another copy of a bare base',
    make: bare(1, 6),
    spoil: (disk) => {
      writeFileSync(`${base(disk)}.orig`, readFileSync(base(disk)));
      return undefined;
    },
    code: 'FILES_BESIDE',
    says: /\(as long as the disk\)/,
  },
];
