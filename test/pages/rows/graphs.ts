import type { Disk } from '../disk.ts';
import type { Row } from '../row.ts';
import { TOP } from '../shape.ts';

const OTHER = '{b0000000-0000-4000-8000-000000000001}';
const FRESH = '{c0000000-0000-4000-8000-000000000002}';
const below = ({ shape }: Disk): number => shape.files.length - 2;

/** Exchanges GUIDs in the descriptor. */
const renamed =
  (...pairs: readonly (readonly [from: string, to: string])[]) =>
  (xml: string): string => {
    const names = new Map(pairs);
    return xml.replace(/\{[0-9a-f-]{36}\}/gi, (guid) => names.get(guid) ?? guid);
  };

/** Defects of the graph of snapshots. */
export const graphRows: readonly Row[] = [
  {
    page: 'OLD_FORMAT',
    hint: /Keep a copy of the descriptor/,
    make: (disk) => {
      disk.edit(renamed([TOP, OTHER]));
    },
    tries: [{ command: 'ploop snapshot', run: 'ploop snapshot DiskDescriptor.xml', exit: 38 }],
    mends: [
      {
        steps: [{ command: 'ploop convert -f expanded DiskDescriptor.xml' }],
        like: 'found',
        was: { [TOP]: OTHER },
      },
    ],
  },
  {
    page: 'OLD_FORMAT',
    hint: /^Take no snapshot/,
    make: (disk) => {
      disk.edit(renamed([TOP, OTHER], [disk.guid(below(disk)), TOP]));
    },
    tries: [
      { command: 'ploop snapshot', run: 'ploop snapshot DiskDescriptor.xml', exit: 38 },
      { run: 'ploop convert -f expanded DiskDescriptor.xml', exit: 255 },
    ],
    mends: [
      {
        steps: [
          (disk) => {
            disk.edit(renamed([TOP, FRESH]));
          },
          { command: 'ploop convert -f expanded DiskDescriptor.xml' },
        ],
        like: 'found',
        was: { [TOP]: OTHER, [FRESH]: TOP },
      },
    ],
  },
  {
    page: 'TOP_WITH_CHILDREN',
    hint: /`ploop snapshot DiskDescriptor.xml` on the unmounted copy/,
    make: (disk) => {
      const guid = disk.guid(below(disk));
      disk.edit((xml) =>
        renamed([TOP, guid], [guid, TOP])(xml).replace(`<TopGUID>${guid}`, `<TopGUID>${TOP}`),
      );
    },
    tries: [
      {
        command: 'ploop snapshot-delete -u GUID DiskDescriptor.xml',
        run: 'ploop snapshot-delete -u TOP DiskDescriptor.xml',
        ...{ data: 'lost', finds: 'TOP_GUID_UNKNOWN' },
      },
    ],
    mends: [{ steps: [{ command: 'ploop snapshot DiskDescriptor.xml' }], like: 'found' }],
  },
  {
    page: 'TOP_GUID_CASE',
    make: (disk) => {
      disk.edit(renamed([TOP, TOP.toUpperCase()]));
    },
    tries: [
      {
        run: 'ploop snapshot-switch -u TOP DiskDescriptor.xml',
        data: 'any',
        finds: 'PARENT_CYCLE',
      },
      { run: 'ploop snapshot-delete -u TOP DiskDescriptor.xml', data: 'lost' },
    ],
    mends: [
      {
        steps: [
          (disk) => {
            disk.edit(renamed([TOP.toUpperCase(), TOP]));
          },
        ],
      },
    ],
  },
];
