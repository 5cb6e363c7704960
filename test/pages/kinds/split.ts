import { readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';

import {
  makeSplitDisk,
  splitScript,
  type SplitScript,
} from '../../../packages/test-kit/src/disks/split-disk.ts';
import { type Draw, type Form, oneOf } from './form.ts';

const SPLIT = ['STORAGE_SPLIT'] as const;

/** Whether the top stands on all other shots, so that every image is needed. */
function isLinear({ parents }: SplitScript): boolean {
  return parents.every((parent, shot) => parent === shot - 1);
}

function scriptOf(draw: Draw, suits: (script: SplitScript) => boolean): SplitScript {
  const scripts = splitScript.filter((one) => one.parts.length > 1 && isLinear(one) && suits(one));
  const [script] = fc.sample(scripts, { numRuns: 1, seed: draw(0, 0, 2 ** 31 - 1) });
  if (script === undefined) throw new Error('no script');
  return script;
}

/** Makes a split disk that fits. */
const split =
  (suits: (script: SplitScript) => boolean = () => true): Form['make'] =>
  async (directory, draw) => {
    const disk = join(directory, 'split.hdd');
    await makeSplitDisk(scriptOf(draw, suits), disk);
    edit(disk, (xml) => {
      const [, sectors = ''] = /<Disk_size>(\d+)/.exec(xml) ?? [];
      return xml
        .replace(/<Encryption>[^]*<\/Encryption>/, '')
        .replace(
          /<Cylinders>[^]*<\/Sectors>/,
          `<Cylinders>${sectors}</Cylinders><Heads>1</Heads><Sectors>1</Sectors>`,
        );
    });
    return disk;
  };

function edit(disk: string, change: (xml: string) => string): void {
  const path = join(disk, 'DiskDescriptor.xml');
  const before = readFileSync(path, 'utf8');
  const after = change(before);
  if (after === before) throw new Error('nothing was changed');
  writeFileSync(path, after);
}

function filesOf(disk: string): readonly string[] {
  const xml = readFileSync(join(disk, 'DiskDescriptor.xml'), 'utf8');
  return [...xml.matchAll(/<File>([^<]*)/g)].map(([, file = '']) => join(disk, file));
}

const isBare = ({ parents, parts }: SplitScript): boolean =>
  parents.length === 1 && parts.every(({ plain, tail }) => plain && tail === 0);

/** Situations of disks in several parts. */
export const splitForms: readonly Form[] = [
  {
    name: 'a missing file of a part',
    make: split(),
    spoil: (disk, draw) => {
      rmSync(oneOf(draw, 1, filesOf(disk)));
      return undefined;
    },
    code: 'DELTA_MISSING',
    beside: SPLIT,
    opens: 'DELTA_MISSING',
    healthy: SPLIT,
  },
  {
    name: 'a file of a part under another name',
    make: split(),
    spoil: (disk, draw) => {
      const file = oneOf(draw, 1, filesOf(disk));
      renameSync(file, `${file}.part`);
      return undefined;
    },
    code: 'DELTA_MISSING',
    beside: [...SPLIT, 'DELTA_ORPHANED'],
    says: /may be it/,
    hint: /^Do not move, rename or remove/,
    opens: 'DELTA_MISSING',
    healthy: SPLIT,
  },
  {
    name: 'a bare part that was cut',
    make: split(isBare),
    spoil: (disk, draw) => {
      truncateSync(oneOf(draw, 1, filesOf(disk)), 512 * draw(2, 0, 63));
      return undefined;
    },
    code: 'STORAGE_IMAGE_SIZE',
    beside: SPLIT,
    healthy: SPLIT,
  },
  {
    name: 'a gap between parts',
    make: split(),
    spoil: (disk) => {
      edit(disk, (xml) =>
        xml.replace(/<End>(\d+)/, (_, end: string) => `<End>${String(Number(end) - 1)}`),
      );
      return undefined;
    },
    code: 'STORAGE_GAP',
    beside: [...SPLIT, 'STORAGE_IMAGE_SIZE', 'SIZE_NOT_WHOLE'],
    opens: 'STORAGE_GAP',
    healthy: SPLIT,
  },
  {
    name: 'parts that overlap',
    make: split(),
    spoil: (disk) => {
      edit(disk, (xml) =>
        xml.replace(/<End>(\d+)/, (_, end: string) => `<End>${String(Number(end) + 1)}`),
      );
      return undefined;
    },
    code: 'STORAGE_OVERLAP',
    beside: [...SPLIT, 'STORAGE_IMAGE_SIZE', 'SIZE_NOT_WHOLE'],
    opens: 'STORAGE_OVERLAP',
    healthy: SPLIT,
  },
  {
    name: 'a lost last part',
    make: split(({ parts }) => parts.length > 2),
    spoil: (disk) => {
      edit(disk, (xml) =>
        xml.replace(/<Storage>(?:(?!<Storage>)[^])*<\/Storage>\n(?=<\/StorageData>)/, ''),
      );
      return undefined;
    },
    code: 'STORAGE_SIZE_DIFFERS',
    beside: [...SPLIT, 'DELTA_ORPHANED'],
    opens: 'STORAGE_SIZE_DIFFERS',
    healthy: SPLIT,
  },
  {
    name: 'a lost Image of a part',
    make: split(({ parents }) => parents.length > 1),
    spoil: (disk) => {
      edit(disk, (xml) =>
        xml.replace(/<Image>(?:(?!<Image>).)*<\/Image>\n(?=<\/Storage>\n<\/StorageData>)/, ''),
      );
      return undefined;
    },
    code: 'STORAGE_IMAGE_MISSING',
    beside: [...SPLIT, 'DELTA_ORPHANED'],
    opens: 'STORAGE_IMAGE_MISSING',
    healthy: SPLIT,
  },
  {
    name: 'two parts in one file',
    make: split(isBare),
    spoil: (disk) => {
      edit(disk, (xml) => xml.replace('<File>disk.hdd.1.', '<File>disk.hdd.0.'));
      return undefined;
    },
    code: 'FILE_DUPLICATE',
    beside: [...SPLIT, 'DELTA_ORPHANED', 'STORAGE_IMAGE_SIZE'],
    healthy: SPLIT,
  },
  {
    name: 'exchanged files of parts',
    make: split(isBare),
    spoil: (disk) => {
      edit(disk, (xml) =>
        xml
          .replace('<File>disk.hdd.0.', '<File>@')
          .replace('<File>disk.hdd.1.', '<File>disk.hdd.0.')
          .replace('<File>@', '<File>disk.hdd.1.'),
      );
      return undefined;
    },
    code: 'FILES_EXCHANGED',
    says: /is named as part [01] and is in the place of part [01]/,
    beside: [...SPLIT, 'STORAGE_IMAGE_SIZE'],
    healthy: SPLIT,
  },
];
